import Foundation
public import Reporting

/// What decides about results beside the study's objects and the bundle. Threads and limits are not part of it: they
/// change no result.
public struct AnalysisSettings: Codable, Hashable, Sendable {
    /// The reports to write.
    public var reports: [ReportKind]
    /// Whether to write the summary picture.
    public var picture: Bool
    /// RFC 5646 tag of the sentences.
    public var language: String
    /// How patches are drawn; nil for the bundle's own fixed sequence.
    public var randomPatches: RandomPatches?

    /// The paper's random patches (method §5).
    public struct RandomPatches: Codable, Hashable, Sendable {
        public var count: Int
        public var seed: UInt64

        public init(count: Int, seed: UInt64) {
            self.count = count
            self.seed = seed
        }
    }

    public init(
        reports: [ReportKind] = [.comprehensive3D], picture: Bool = true, language: String = "en",
        randomPatches: RandomPatches? = nil
    ) {
        self.reports = reports
        self.picture = picture
        self.language = language
        self.randomPatches = randomPatches
    }

    /// SHA-256 of the settings' canonical JSON, for the job's key.
    public var digest: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Strings, numbers and arrays of them always encode.
        return Digest.sha256((try? encoder.encode(self)) ?? Data())
    }
}
