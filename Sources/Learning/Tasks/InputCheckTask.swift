package import Diagnosis
import Imaging
public import NeuralNetworks

/// Radiographs as they are, turned, mirrored and inverted, and what shows none (method §7).
public final class InputCheckTask: LearningTask {
    public let network = InputCheckTask.makeNetwork()
    public let classes = InputKind.allCases.map(\.rawValue)
    public let dataDigest: String
    /// What it is validated with.
    package let examples: [InputCheckExamples.Example]
    private let input: SegmentationInput
    private let augmentation = InputCheckAugmentation()
    private let train: [GreyPlane]
    private let slices: [GreyPlane]
    private let sampler: BalancedSampler

    /// Of the samples, in the order of ``InputKind``: most of what is seen daily, and of what is hardest to tell from
    /// it.
    static let shares: [Float] = [0.3, 0.12, 0.07, 0.07, 0.07, 0.22, 0.15]
    /// Pixels of the longer side that images are kept with to learn from: twice the network's.
    static let longSide = 128
    /// Drawings of each kind that validate.
    static let drawings = 40

    /// Reads all images.
    /// - Parameters:
    ///   - slices: of CT; nil: none.
    ///   - longSide: of the analysis image.
    /// - Throws: ``LearningError/data(_:)`` with the row's place for a file that cannot be read.
    package init(
        _ rows: TrainingRows, slices: TrainingRows?, input: SegmentationInput, longSide: Int, threads: Int,
        shouldStop: @escaping @Sendable () -> Bool, report: @Sendable (PreparationStep) -> Void
    ) throws {
        self.input = input
        let learned = rows.train + (slices?.train ?? [])
        let judged = rows.validation + (slices?.validation ?? [])
        report(.began("read images", total: learned.count + judged.count))
        func read(_ rows: [TrainingRow], longSide: Int) throws -> [GreyPlane] {
            try Parallel.map(rows.count, threads: threads, shouldStop: shouldStop) { _, index in
                defer { report(.advanced) }
                return try rows[index].analysisImage(longSide: longSide)
            }
        }
        let images = try read(learned, longSide: Self.longSide)
        let others = try read(judged, longSide: longSide)
        report(.ended)
        train = Array(images.prefix(rows.train.count))
        self.slices = Array(images.dropFirst(rows.train.count))
        examples = Self.examples(
            others.prefix(rows.validation.count), slices: others.dropFirst(rows.validation.count), input: input)
        sampler = BalancedSampler(
            groups: rows.train.map { _ in 0 }, shares: [1], sources: rows.train.map(\.source))
        var fingerprint = Fingerprint("\(input) \(longSide) \(Self.shares)")
        for (row, image) in zip(learned + judged, images + others) {
            fingerprint.add("\(row.source)|".utf8)
            fingerprint.add(image)
        }
        dataDigest = fingerprint.text
    }

    /// The network before anything is read.
    public static func makeNetwork() -> Network { InputCheckNetwork.network(kinds: InputKind.allCases.count) }

    private static func examples(
        _ images: ArraySlice<GreyPlane>, slices: ArraySlice<GreyPlane>, input: SegmentationInput
    ) -> [InputCheckExamples.Example] {
        var examples = InputCheckExamples(input: input)
        for (index, image) in zip(images.indices, images) {
            examples.addChanges(of: image, second: images[images.startIndex + (index + 1) % images.count])
        }
        for slice in slices { examples.add(slice, as: .other, named: "CT slice") }
        examples.addDrawings(drawings)
        return examples.examples
    }

    public func batch(_ request: BatchRequest) -> TrainingBatch {
        var values: [Float] = []
        values.reserveCapacity(request.count * request.side * request.side)
        var labels: [UInt8] = []
        for number in request.first..<request.first + request.count {
            let seed = request.seed ^ request.purpose.rawValue
            var stream = RandomStream(seed: request.seed, request.purpose, index: UInt64(number))
            let kind = Self.kind(&stream)
            let material = InputCheckAugmentation.Material(
                image: train[sampler.image(number: UInt64(number), seed: seed)],
                second: train[stream.index(below: train.count)],
                slice: slices.isEmpty ? nil : slices[stream.index(below: slices.count)])
            values += augmentation.sample(InputKind.allCases[kind], of: material, side: request.side, &stream)
                .map { input.normalized($0) }
            labels.append(TrainingTarget.label(of: kind))
        }
        return TrainingBatch(
            input: Tensor(shape: [request.count, 1, request.side, request.side], values: values), labels: labels)
    }

    /// The number of a random kind, in their shares.
    private static func kind(_ stream: inout RandomStream) -> Int {
        var place = stream.unit() * shares.reduce(0, +)
        for (number, share) in shares.enumerated() {
            if place < share { return number }
            place -= share
        }
        return 0
    }

    /// By the F1 of kinds, at the side that the examples were made for.
    public func validate(_ request: ValidationRequest) throws -> ValidationResult {
        let check = InputCheck(
            input: input, executor: try Executor(request.parameters.weights, threads: request.threads))
        let logits = try check.logits(of: examples.map(\.square), shouldStop: request.shouldStop)
        return ValidationResult(
            logits: logits, labels: examples.map { InputKind.allCases.firstIndex(of: $0.kind) ?? 0 }, classes: classes)
    }
}
