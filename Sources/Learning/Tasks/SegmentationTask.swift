import Diagnosis
public import Imaging
public import NeuralNetworks

/// Radiographs and masks of their lungs (method §3).
public final class SegmentationTask: LearningTask {
    public let network = FCDenseNet103.network(classes: 3)
    public let classes = ["background", "right", "left"]
    public let dataDigest: String
    private let mean: Float
    private let deviation: Float
    private let augmentation = LungAugmentation()
    /// Enhanced, with ``LungSets``.
    private let train: [PreparedImage]
    /// Those whose masks leave out the heart.
    private let validation: [PreparedImage]
    private let sampler: BalancedSampler

    /// Share of the samples whose masks include the heart: they teach where children's and COVID lungs lie.
    public static let heartIncludedShare = 0.25

    /// Reads all images and masks.
    /// - Parameters:
    ///   - mean, deviation: of the network's input, of 0…1.
    /// - Throws: ``LearningError/data(_:)`` with the row's place for files that cannot be read, a mask of another size and
    ///   a label that is none of 0, 1, 2; when no mask leaves out the heart.
    public init(
        _ rows: TrainingRows, longSide: Int, border: WienerBorder, mean: Double, deviation: Double, threads: Int,
        shouldStop: @escaping @Sendable () -> Bool, report: @Sendable (PreparationStep) -> Void
    ) throws {
        self.mean = Float(mean)
        self.deviation = Float(deviation)
        let all = rows.train + rows.validation
        report(.began("read images", total: all.count))
        let images = try Parallel.map(all.count, threads: threads, shouldStop: shouldStop) { _, index in
            defer { report(.advanced) }
            return try Self.image(of: all[index], longSide: longSide, border: border)
        }
        report(.ended)
        train = Array(images.prefix(rows.train.count))
        validation = zip(images.dropFirst(rows.train.count), rows.validation)
            .filter { $1.convention == .heartLeftOut }.map(\.0)
        guard !validation.isEmpty else {
            throw LearningError.data("no mask of the val split leaves out the heart; validation needs some")
        }
        let numbers = rows.train.map { $0.convention == .heartLeftOut ? 0 : 1 }
        sampler = BalancedSampler(
            groups: numbers, shares: [1 - Self.heartIncludedShare, Self.heartIncludedShare],
            sources: rows.train.map(\.source))
        var fingerprint = Fingerprint("3 \(longSide) \(border) \(mean) \(deviation) \(rows.train.count)")
        for (row, image) in zip(all, images) {
            fingerprint.add("\(row.source)|\(row.convention.rawValue)|\(row.group)|".utf8)
            fingerprint.add(image)
        }
        dataDigest = fingerprint.text
    }

    /// Enhanced, with its mask, both on the analysis grid.
    private static func image(of row: TrainingRow, longSide: Int, border: WienerBorder) throws -> PreparedImage {
        let grey = try row.readGrey()
        let mask: LabelPlane
        do {
            mask = try ImageFile.readGrey(row.maskPath ?? "")
        } catch {
            throw LearningError.data("\(row.place): \(error)")
        }
        guard (mask.width, mask.height) == (grey.width, grey.height) else {
            throw LearningError.data(
                "\(row.place): the mask has \(mask.width) × \(mask.height) pixels, the image \(grey.width) × "
                    + "\(grey.height); make them equal")
        }
        if let label = mask.pixels.first(where: { $0 > 2 }) {
            throw LearningError.data(
                "\(row.place): the mask has the value \(label); 0 is background, 1 the right lung, 2 the left")
        }
        let image = try row.analysisImage(of: grey, longSide: longSide)
        let grid = AnalysisGrid(width: grey.width, height: grey.height, longSide: longSide)
        return PreparedImage(
            grey: image.enhanced(mask: nil, border: border),
            labels: LungSets.plane(of: grid.analysisLabels(of: mask), row.convention))
    }

    public func batch(_ request: BatchRequest) -> TrainingBatch {
        let input = SegmentationInput(side: request.side, mean: mean, deviation: deviation)
        var values: [Float] = []
        values.reserveCapacity(request.count * request.side * request.side)
        var labels: [UInt8] = []
        labels.reserveCapacity(request.count * request.side * request.side)
        let sets = LungSets.allCases.map(\.classes)
        for number in request.first..<request.first + request.count {
            let chosen = train[sampler.image(number: UInt64(number), seed: request.seed ^ request.purpose.rawValue)]
            var stream = RandomStream(seed: request.seed, request.purpose, index: UInt64(number))
            let longer = max(chosen.grey.width, chosen.grey.height)
            let sample = augmentation.sample(
                chosen.grey.fitted(into: longer), chosen.labels.plane.fittedNearest(into: longer),
                side: request.side, &stream)
            values.append(contentsOf: sample.grey.lazy.map { input.normalized($0) })
            labels.append(contentsOf: sample.labels.lazy.map { sets[Int($0)] })
        }
        return TrainingBatch(
            input: Tensor(shape: [request.count, 1, request.side, request.side], values: values), labels: labels)
    }

    public func validate(_ request: ValidationRequest) throws -> ValidationResult {
        let executor = try Executor(request.parameters.weights, threads: request.threads)
        let segmentation = LungSegmentation(
            input: SegmentationInput(side: request.side, mean: mean, deviation: deviation), executor: executor)
        // Every second image does when it is quick that counts.
        let judged = request.isThorough ? validation : validation.indices.filter { $0 % 2 == 0 }.map { validation[$0] }
        var matrix = ConfusionMatrix(classes: classes)
        var (loss, pixels) = (0.0, 0)
        for image in judged {
            guard !request.shouldStop() else { throw CancellationError() }
            let truth = image.labels.plane
            let logits = try segmentation.logits(of: segmentation.input.square(of: image.grey))
            loss += Self.loss(logits, truth)
            pixels += request.side * request.side
            let found = segmentation.labels(of: image.grey, logits: logits)
            for (right, answer) in zip(truth.pixels, found.pixels) {
                matrix.add(truth: Int(right), answer: Int(answer))
            }
        }
        var result = ValidationResult(loss: loss / Double(max(1, pixels)), accuracy: matrix.accuracy ?? 0)
        result.iouRight = matrix.intersectionOverUnion(1) ?? 0
        result.iouLeft = matrix.intersectionOverUnion(2) ?? 0
        result.iou = ((result.iouRight ?? 0) + (result.iouLeft ?? 0)) / 2
        return result
    }

    /// The sum over the pixels of the network's square.
    private static func loss(_ logits: Tensor, _ truth: LabelPlane) -> Double {
        let (classes, side) = (logits.shape[1], logits.shape[2])
        let square = truth.fittedNearest(into: max(truth.width, truth.height))
            .resizedNearest(width: side, height: side)
        let pixels = side * side
        var sum = 0.0
        for pixel in 0..<pixels {
            let values = (0..<classes).map { Double(logits.values[$0 * pixels + pixel]) }
            sum += Logits.crossEntropy(values, Int(square.pixels[pixel]))
        }
        return sum
    }
}
