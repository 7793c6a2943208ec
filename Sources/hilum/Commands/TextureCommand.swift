import ArgumentParser
import Imaging
import Texture

/// `hilum texture`: Haralick's and the paper's features of a picture (method §4).
struct TextureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "texture",
        abstract: "Measures texture of a PNG or JPEG: co-occurrence matrices, Haralick's features, the paper's.")

    @Argument(help: "The picture; colour is measured by its luma.")
    var image: String

    @Option(help: "A picture of the same size; only what is not black in it is measured.")
    var mask: String?

    @Option(help: "Grey levels of equal width, 2 to 256.")
    var levels = 32

    @Option(help: "Pixels between neighbours.")
    var distance = 1

    @Option(help: "With a mask: `lungs` counts pairs inside it, `masked_image` the image with black outside.")
    var form = Form.lungs

    @Flag(help: "Equalise the image and filter it first, as the pipeline does.")
    var enhance = false

    @Flag(help: "One JSON object: means, ranges, and each direction.")
    var json = false

    func validate() throws {
        guard (2...256).contains(levels) else { throw ValidationError("--levels must lie in 2...256") }
        guard (1...10_000).contains(distance) else { throw ValidationError("--distance must lie in 1...10000") }
    }

    func run() async throws {
        let region = try mask.map { try ImageFile.readGrey($0) }
        var grey = try ImageFile.readGrey(image)
        if let region, (region.width, region.height) != (grey.width, grey.height) {
            throw Refusal(
                "\(mask ?? "the mask") has \(region.width) × \(region.height) pixels, \(image) has \(grey.width) × "
                    + "\(grey.height); make them equal")
        }
        if enhance { grey = grey.enhanced() }
        let settings = TextureSettings(levels: levels, distance: distance, form: form.value)
        guard let measurement = TextureMeasurement(grey, mask: region, settings: settings) else {
            throw Refusal(
                "\(image) has no two pixels at distance \(distance) to measure; take a larger image or mask")
        }
        if json {
            try JSONLine.print(Output(image: image, settings: settings, measurement: measurement))
        } else {
            printTable(measurement)
        }
    }

    enum Form: String, CaseIterable, ExpressibleByArgument {
        case lungs
        case maskedImage = "masked_image"

        var value: TextureForm {
            switch self {
            case .lungs: .lungs
            case .maskedImage: .maskedImage
            }
        }
    }

    private struct Refusal: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    private struct Output: Encodable {
        let image: String
        let levels: Int
        let distance: Int
        let form: TextureForm
        let features: [String: Double]
        let directions: [String: [String: Double]]

        init(image: String, settings: TextureSettings, measurement: TextureMeasurement) {
            self.image = image
            levels = settings.levels
            distance = settings.distance
            form = settings.form
            features = Self.dictionary(measurement.means + measurement.ranges)
            directions = Dictionary(
                uniqueKeysWithValues: measurement.directions.map {
                    ("\($0.direction.rawValue)", Self.dictionary($0.features.features))
                })
        }

        private static func dictionary(_ features: [NamedFeature]) -> [String: Double] {
            Dictionary(features.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private func printTable(_ measurement: TextureMeasurement) {
        for (mean, range) in zip(measurement.means, measurement.ranges) {
            let name = mean.name + String(repeating: " ", count: max(1, 36 - mean.name.count))
            print("\(name)\(mean.value)  (range \(range.value))")
        }
    }
}
