import Diagnosis
package import Imaging
public import NeuralNetworks
import Synchronization

/// Patches of radiographs' lung boxes and their classes (method §5).
public final class ClassificationTask: LearningTask {
    /// How boxes and patches are made; what inference takes from a bundle.
    package struct Settings: Sendable {
        package var box: LungBoxSettings
        /// Of a patch in the box's square.
        package var patchSide: Int
        /// In validations, as inference.
        package var mirrorsEverySecondPatch: Bool
        /// In a thorough validation and in others.
        package var patches: Int
        package var fewPatches: Int
        /// Of the colours.
        package var mean: [Double]
        package var deviation: [Double]
        /// Share of the samples learned from into which a rectangle of another image of the class is laid.
        package var mixing: Float

        package init(
            box: LungBoxSettings, patchSide: Int, mirrorsEverySecondPatch: Bool = false, patches: Int, fewPatches: Int,
            mean: [Double], deviation: [Double], mixing: Float = 0
        ) {
            self.mirrorsEverySecondPatch = mirrorsEverySecondPatch
            (self.box, self.patchSide, self.patches, self.fewPatches) = (box, patchSide, patches, fewPatches)
            (self.mean, self.deviation, self.mixing) = (mean, deviation, mixing)
        }

        func input(side: Int) -> PatchInput { PatchInput(side: side, mean: mean, deviation: deviation) }
    }

    public let network: Network
    public let classes: [String]
    public let dataDigest: String
    /// Images of both splits that hold too little lung, as inference would say too.
    public let withoutLungs: Int
    /// Images that are learned from.
    public var learned: Int { train.count }
    /// Images to validate with on which no lungs were found.
    private let unjudged: [TrainingRow]
    private let settings: Settings
    private let augmentation: PatchAugmentation
    private let mixing: RectangleMixing
    private let train: [(image: PreparedImage, label: Int)]
    private let validation: [(image: PreparedImage, row: TrainingRow)]
    private let sampler: BalancedSampler
    /// The patches of the validation at the side it had last.
    private let patches = Mutex<(key: [Int], patches: [[GreyPlane]])>(([], []))

    /// - Parameters:
    ///   - images: of all rows, train first.
    ///   - preparation: what the images were prepared with.
    /// - Throws: ``LearningError/data(_:)`` when lungs were found on too few images.
    package init(
        _ rows: TrainingRows, images: [PreparedImage], preparation: String, settings: Settings
    ) throws {
        precondition(images.count == rows.train.count + rows.validation.count)
        self.settings = settings
        classes = rows.classes
        network = ResNet101.network(classes: rows.classes.count)
        augmentation = PatchAugmentation(box: settings.box, patchSide: settings.patchSide)
        mixing = RectangleMixing(share: settings.mixing)
        let all = rows.train + rows.validation
        let usable = all.indices.filter { images[$0].holdsLungs(smallestShare: settings.box.smallestShare) }
        let trained = usable.filter { $0 < rows.train.count }
        let judged = usable.filter { $0 >= rows.train.count }
        withoutLungs = all.count - usable.count
        let judgedRows = Set(judged)
        unjudged = all.indices.filter { $0 >= rows.train.count && !judgedRows.contains($0) }.map { all[$0] }
        for (index, name) in classes.enumerated() where !trained.contains(where: { all[$0].label == index }) {
            throw LearningError.data(
                "no lungs were found on any image of the class \(name); name another --lungs network")
        }
        guard !judged.isEmpty else {
            throw LearningError.data("no lungs were found on any image to validate with; name another --lungs network")
        }
        train = trained.map { (images[$0], all[$0].label) }
        validation = judged.map { (images[$0], all[$0]) }
        sampler = BalancedSampler(
            groups: trained.map { all[$0].label }, shares: classes.map { _ in 1 },
            sources: trained.map { all[$0].source })
        dataDigest = Self.digest(rows, images, preparation: preparation, settings)
    }

    private static func digest(
        _ rows: TrainingRows, _ images: [PreparedImage], preparation: String, _ settings: Settings
    ) -> String {
        var fingerprint = Fingerprint("\(preparation) \(rows.classes) \(rows.train.count) \(settings)")
        for (row, image) in zip(rows.train + rows.validation, images) {
            fingerprint.add("\(row.label)|\(row.source)|\(row.group)|".utf8)
            fingerprint.add(image)
        }
        return fingerprint.text
    }

    public func batch(_ request: BatchRequest) -> TrainingBatch {
        var values: [Float] = []
        values.reserveCapacity(request.count * settings.mean.count * request.side * request.side)
        var labels: [UInt8] = []
        for number in request.first..<request.first + request.count {
            let chosen = image(UInt64(number), seed: request.seed ^ request.purpose.rawValue)
            values.appendColours(
                grey(of: chosen.image, number: UInt64(number), request), mean: settings.mean,
                deviation: settings.deviation)
            labels.append(TrainingTarget.label(of: chosen.label))
        }
        return TrainingBatch(
            input: Tensor(shape: [request.count, settings.mean.count, request.side, request.side], values: values),
            labels: labels)
    }

    /// With another seed, a sample of the same number is another image of the same class.
    private func image(_ number: UInt64, seed: UInt64) -> (image: PreparedImage, label: Int) {
        train[sampler.image(number: number, seed: seed)]
    }

    private func grey(of image: PreparedImage, number: UInt64, _ request: BatchRequest) -> [Float] {
        func sample(_ image: PreparedImage, _ stream: inout RandomStream) -> [Float] {
            augmentation.sample(image, side: request.side, &stream)
                ?? [Float](repeating: 0, count: request.side * request.side)
        }
        var stream = RandomStream(seed: request.seed, request.purpose, index: number)
        var grey = sample(image, &stream)
        // Statistics are those of whole images, which inference sees.
        guard request.purpose == .augmentation else { return grey }
        stream = RandomStream(seed: request.seed, .mixing, index: number)
        guard stream.chance(mixing.share) else { return grey }
        let other = self.image(number, seed: request.seed ^ RandomStream.Purpose.mixing.rawValue).image
        mixing.lay(sample(other, &stream), over: &grey, side: request.side, &stream)
        return grey
    }

    public func validate(_ request: ValidationRequest) throws -> ValidationResult {
        ValidationResult(logits: try logits(request), labels: validation.map(\.row.label), classes: classes)
    }

    /// What weights say of each image to validate with; of those without lungs nothing, as inference.
    /// - Throws: `CancellationError` when `shouldStop` says so.
    public func answers(_ request: ValidationRequest) throws -> [ImageResult] {
        let said = zip(validation, try logits(request)).map { image, logits in
            ImageResult(
                image.row, name: classes[image.row.label], logits: logits, outcome: classes[Logits.top(logits)])
        }
        return said + unjudged.map { ImageResult($0, name: classes[$0.label], logits: nil, outcome: "review") }
    }

    /// Means over each image's patches.
    private func logits(_ request: ValidationRequest) throws -> [[Double]] {
        let count = request.isThorough ? settings.patches : settings.fewPatches
        let patches = try validationPatches(request, count: count)
        let network = try ClassNetwork(request.parameters.weights, threads: request.threads)
        let input = settings.input(side: request.side)
        let flat = patches.flatMap(\.self)
        let logits = try network.answer(
            of: flat, input, keepsMaps: false, shouldStop: request.shouldStop
        ).logits
        var start = 0
        return patches.map { image in
            defer { start += image.count }
            return classes.indices.map { name in
                logits[start..<start + image.count].reduce(0) { $0 + $1[name] } / Double(image.count)
            }
        }
    }

    /// The first of the fixed sequence, as inference takes them, at the network's side.
    private func validationPatches(_ request: ValidationRequest, count: Int) throws -> [[GreyPlane]] {
        let key = [request.side, count]
        let known = patches.withLock { $0.key == key ? $0.patches : nil }
        if let known { return known }
        let input = settings.input(side: request.side)
        let sequence = PatchSequence(side: settings.patchSide)
        let made = try Parallel.map(validation.count, threads: request.threads, shouldStop: request.shouldStop) {
            [settings, validation] _, index in
            let image = validation[index].image
            guard let box = LungBox(analysisImage: image.grey, labels: image.labels.plane, settings: settings.box)
            else { return [input.fitted(GreyPlane(width: 1, height: 1, repeating: 0))] }
            return Patch.patches(
                sequence.fixed(in: box.mask, count: count), mirrorsEverySecond: settings.mirrorsEverySecondPatch
            ).map { input.fitted($0.grey(of: box.grey)) }
        }
        patches.withLock { $0 = (key, made) }
        return made
    }
}

extension PreparedImage {
    /// Whether a lung box can be made: ``LungBox`` asks the same of the image's square.
    func holdsLungs(smallestShare: Double) -> Bool {
        let lungs = zip(labels.values, labels.lengths).reduce(0) { $0 + ($1.0 > 0 ? Int($1.1) : 0) }
        let side = max(grey.width, grey.height)
        return lungs > 0 && Double(lungs) >= smallestShare * Double(side * side)
    }
}

extension [Float] {
    /// Grey of 0…255 copied to the colours, as ``PatchInput`` does.
    mutating func appendColours(_ grey: [Float], mean: [Double], deviation: [Double]) {
        for (mean, deviation) in zip(mean, deviation) {
            let (factor, shift) = (Float(1 / (255 * deviation)), Float(mean / deviation))
            append(contentsOf: grey.lazy.map { $0 * factor - shift })
        }
    }
}

extension ImageResult {
    fileprivate init(_ row: TrainingRow, name: String, logits: [Double]?, outcome: String) {
        self.init(
            path: row.path, name: name, source: row.source, group: row.group, logits: logits,
            probabilities: logits.map { Logits.softmax($0) } ?? [], outcome: outcome)
    }
}
