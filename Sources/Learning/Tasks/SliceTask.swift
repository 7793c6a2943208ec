package import Diagnosis
import Imaging
public import NeuralNetworks

/// CT slices and their classes (method §8).
public final class SliceTask: LearningTask {
    public let network: Network
    public let classes: [String]
    public let dataDigest: String
    private let mean: [Double]
    private let deviation: [Double]
    private let augmentation = SliceAugmentation()
    private let train: [(square: GreyPlane, label: Int)]
    private let validation: [(square: GreyPlane, label: Int)]
    private let sampler: BalancedSampler

    /// Reads all slices.
    /// - Parameters:
    ///   - mean, deviation: of the colours.
    /// - Throws: ``LearningError/data(_:)`` with the row's place for a file that cannot be read.
    package init(
        _ rows: TrainingRows, slices: SliceInput, mean: [Double], deviation: [Double], threads: Int,
        shouldStop: @escaping @Sendable () -> Bool, report: @Sendable (PreparationStep) -> Void
    ) throws {
        (self.mean, self.deviation) = (mean, deviation)
        classes = rows.classes
        network = ResNet101.network(classes: rows.classes.count)
        let all = rows.train + rows.validation
        report(.began("read images", total: all.count))
        let squares = try Parallel.map(all.count, threads: threads, shouldStop: shouldStop) { _, index in
            defer { report(.advanced) }
            return slices.square(of: try all[index].readGrey())
        }
        report(.ended)
        train = zip(squares, rows.train).map { ($0, $1.label) }
        validation = zip(squares.dropFirst(rows.train.count), rows.validation).map { ($0, $1.label) }
        sampler = BalancedSampler(
            groups: rows.train.map(\.label), shares: classes.map { _ in 1 }, sources: rows.train.map(\.source))
        var fingerprint = Fingerprint("\(slices) \(mean) \(deviation) \(classes) \(rows.train.count)")
        for (row, square) in zip(all, squares) {
            fingerprint.add("\(row.label)|\(row.source)|\(row.group)|".utf8)
            fingerprint.add(square)
        }
        dataDigest = fingerprint.text
    }

    public func batch(_ request: BatchRequest) -> TrainingBatch {
        var values: [Float] = []
        values.reserveCapacity(request.count * mean.count * request.side * request.side)
        var labels: [UInt8] = []
        for number in request.first..<request.first + request.count {
            let chosen = train[sampler.image(number: UInt64(number), seed: request.seed ^ request.purpose.rawValue)]
            var stream = RandomStream(seed: request.seed, request.purpose, index: UInt64(number))
            values.appendColours(
                augmentation.sample(chosen.square, side: request.side, &stream), mean: mean, deviation: deviation)
            labels.append(TrainingTarget.label(of: chosen.label))
        }
        return TrainingBatch(
            input: Tensor(shape: [request.count, mean.count, request.side, request.side], values: values),
            labels: labels)
    }

    public func validate(_ request: ValidationRequest) throws -> ValidationResult {
        let network = try ClassNetwork(request.parameters.weights, threads: request.threads)
        let input = PatchInput(side: request.side, mean: mean, deviation: deviation)
        let logits = try network.answer(
            of: validation.map { input.fitted($0.square) }, input, keepsMaps: false, shouldStop: request.shouldStop
        ).logits
        return ValidationResult(logits: logits, labels: validation.map(\.label), classes: classes)
    }
}
