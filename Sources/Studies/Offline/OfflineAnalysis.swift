public import DICOMCore
public import Diagnosis
public import Foundation
import Imaging
import Reporting
import Synchronization

/// Analyses files and folders without a gateway: what `hilum analyze` does.
public struct OfflineAnalysis: Sendable {
    public struct Options: Sendable {
        public var settings: AnalysisSettings
        /// What pictures (JPEG, PNG) show.
        public var pictureKind: ImageKind
        public var threads: Int
        /// Where results go, and the state that lets a second run skip what is done; nil for none.
        public var output: URL?
        /// Of the results.
        public var date: Date
        public var deviceUID: UID
        public var softwareVersion: String

        public init(
            settings: AnalysisSettings = AnalysisSettings(), pictureKind: ImageKind = .radiograph, threads: Int = 1,
            output: URL? = nil, date: Date, deviceUID: UID, softwareVersion: String
        ) {
            self.settings = settings
            self.pictureKind = pictureKind
            self.threads = threads
            self.output = output
            self.date = date
            self.deviceUID = deviceUID
            self.softwareVersion = softwareVersion
        }
    }

    /// What came of one study or picture.
    public struct Record: Codable, Sendable {
        /// One per analysed image or series.
        public var lines: [AnalysisLine] = []
        /// What could not be read or decoded, as sentences.
        public var complaints: [String] = []
        /// What was passed over and why, as sentences.
        public var notes: [String] = []
        /// Of each image that was passed over, why.
        var reasons: [String] = []
        /// Files written, below the output folder.
        public var files: [String] = []
        /// SHA-256 of each: what another run wrote over is not done.
        var digests: [String] = []
        /// A former run did it.
        public var wasDone = false

        private enum CodingKeys: String, CodingKey { case lines, complaints, notes, reasons, files, digests }
    }

    private let bundle: ModelBundle
    private let options: Options
    var codecLimit = CodecLimit()

    public init(bundle: ModelBundle, options: Options) {
        self.bundle = bundle
        self.options = options
    }

    /// - Parameter report: called once per study or picture, in the index's order.
    /// - Throws: what the networks or the output folder refuse, and `StudiesError.codecsSpent` or `DICOMError.noThread` where the
    ///   process can't go on; never because of one file that was found.
    public func run(_ index: OfflineIndex, names: OutputNames, report: (Record) throws -> Void) async throws {
        let width = max(1, min(options.threads, index.count))
        let analyzers = try AnalyzerPool(
            bundle: bundle, settings: options.settings, count: width, threads: max(1, options.threads / width))
        try options.output?.makeOutputFolder()
        let state = try options.output.map { try StateFile<Record>(at: $0.appending(path: Self.stateName)) }
        let (options, limit) = (options, codecLimit)
        try await OrderedWork.forEach(index.units, width: width) { unit in
            Result {
                try limit.check(keepsFinished: options.output != nil)
                return try analyzers.lend { try OfflineUnit(options, names, state, $0).record(of: unit) }
            }
        } deliver: {
            try report(try $0.get())
        }
    }

    public static let stateName = "hilum-analyze.state"
}

/// An analyzer for each unit at work: the networks of one take one image at a time.
private final class AnalyzerPool: Sendable {
    private let idle: Mutex<[StudyAnalyzer]>

    init(bundle: ModelBundle, settings: AnalysisSettings, count: Int, threads: Int) throws {
        let first = try StudyAnalyzer(bundle: bundle, settings: settings, threads: threads)
        idle = Mutex([first] + (1..<max(1, count)).map { _ in StudyAnalyzer(sharing: first) })
    }

    /// No more callers at once than there are analyzers.
    func lend<Result>(_ work: (StudyAnalyzer) throws -> Result) throws -> Result {
        guard let analyzer = idle.withLock({ $0.popLast() }) else { throw StudiesError.noFiles }
        defer { idle.withLock { $0.append(analyzer) } }
        return try work(analyzer)
    }
}
