import ArgumentParser
import Imaging
import Texture

/// Times of Texture, one core; `Conformance/bench/peers_imaging.py` times peers on the same image.
struct BenchTextureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "texture",
        abstract: "Times texture of a made image: 32 grey levels, four directions.",
        discussion: """
            cooccurrence: the four matrices. texture: they and all features of each, with means and ranges.
            texture_lungs: the same of the pairs inside two ellipses.
            """)

    @OptionGroup var options: ImageBenchOptions

    func run() async throws {
        let image = options.image()
        let lungs = Self.ellipses(side: options.side)
        try options.report("cooccurrence") { CooccurrenceMatrix.all(of: image).count }
        try options.report("texture") { TextureMeasurement(image)?.means.count ?? 0 }
        try options.report("texture_lungs") { TextureMeasurement(image, mask: lungs)?.means.count ?? 0 }
    }

    /// Two lungs, roughly.
    private static func ellipses(side: Int) -> Mask {
        var mask = Mask(width: side, height: side, repeating: 0)
        for y in 0..<side {
            for x in 0..<side {
                let v = 2 * y - side
                let inside = [side / 2, 3 * side / 2].contains { centre in
                    let u = 2 * x - centre
                    return 9 * u * u + v * v < side * side * 7 / 10
                }
                if inside { mask[row: y, column: x] = 1 }
            }
        }
        return mask
    }
}
