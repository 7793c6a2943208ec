import Imaging
public import NeuralNetworks

/// From planes to a finding, by one bundle (docs/METHOD.md). Safe to share; analyses of one pipeline follow each other in
/// its networks. The same input gives the same finding, whatever the number of threads.
public final class Pipeline: Sendable {
    public let bundle: ModelBundle
    let inputCheck: InputCheck?
    let segmentation: Executor
    let classification: ClassNetwork?
    /// Of CT slices.
    let sliceClassification: ClassNetwork?
    public let precision: Precision

    /// Which patches of the lung box are looked at (method §5).
    public enum Patches: Codable, Hashable, Sendable {
        /// The bundle's count, from a fixed sequence.
        case fixed
        /// The paper's: drawn at random; equal seeds draw equally. At most 1000.
        case random(count: Int, seed: UInt64)
    }

    /// In what numbers the classification is computed.
    public typealias Precision = NeuralNetworks.Precision

    /// - Parameters:
    ///   - threads: for the networks; at least 1 is used.
    ///   - precision: of the radiographs' classification; nil: the bundle's. The lungs are found, and CT slices
    ///     classified, in f32.
    ///   - recordsRanges: keeps what the classification's layers give, for ``ranges``.
    /// - Throws: `NeuralNetworkError` for weights that cannot be read, and int8 without a calibration.
    public init(
        bundle: ModelBundle, threads: Int, precision: Precision? = nil, recordsRanges: Bool = false
    ) throws {
        self.bundle = bundle
        let precision = precision ?? bundle.configuration.radiograph?.precision ?? .f32
        self.precision = precision
        // One small image: more threads would wait for each other.
        inputCheck = try bundle.makeInputCheck(threads: 1)
        segmentation = try Executor(bundle.segmentation, threads: threads)
        classification = try bundle.classification.map {
            try ClassNetwork(
                $0, threads: threads, precision: precision, calibration: bundle.calibration,
                recordsRanges: recordsRanges)
        }
        sliceClassification = try bundle.sliceClassification.map { try ClassNetwork($0, threads: threads) }
    }

    /// Another pipeline with the same bundle and packed weights, for analyses at the same time.
    public init(sharing other: Pipeline) {
        bundle = other.bundle
        inputCheck = other.inputCheck.map { InputCheck(sharing: $0) }
        segmentation = Executor(sharing: other.segmentation)
        classification = other.classification.map { ClassNetwork(sharing: $0) }
        sliceClassification = other.sliceClassification.map { ClassNetwork(sharing: $0) }
        precision = other.precision
    }

    /// The ranges of the classification's layers over all that was analysed.
    public var ranges: Calibration { classification?.executor.ranges ?? Calibration() }

    /// A radiograph of the chest.
    /// - Throws: `NeuralNetworkError` only for defects of the bundle; an image that cannot be read is a *review*.
    public func analyse(_ input: RadiographInput, patches: Patches = .fixed) throws -> Analysis {
        guard !input.stated.isMirrored else {
            return try analyse(input.mirrored, patches: patches).mirrored(columns: input.grey.width)
        }
        var work = RadiographWork(pipeline: self, input: input, patches: patches)
        return try work.run()
    }

    /// A CT series, or one slice.
    public func analyse(_ input: CTInput) throws -> Analysis {
        var work = CTWork(pipeline: self, input: input)
        return try work.run()
    }

    /// The stages' raw values for one radiograph, before any threshold.
    package func measure(
        _ input: RadiographInput, options: MeasurementOptions = MeasurementOptions()
    ) throws -> ImageMeasurement {
        var work = RadiographWork(pipeline: self, input: input, patches: .fixed, options: options)
        let analysis = try work.run()
        return work.measurement(of: analysis)
    }

    /// The same of a CT series or one slice.
    package func measure(_ input: CTInput) throws -> ImageMeasurement {
        var work = CTWork(pipeline: self, input: input)
        let analysis = try work.run()
        return work.measurement(of: analysis)
    }
}
