public import DICOMCore
public import Diagnosis
import Foundation
public import Reporting

/// What decides about results beside the study's objects and the bundle. Threads and limits are not part of it: they
/// change no result.
public struct AnalysisSettings: Codable, Hashable, Sendable {
    /// The reports to write.
    public var reports: [ReportClass]
    /// Whether to write the summary picture.
    public var picture: Bool
    /// RFC 5646 tag of the sentences.
    public var language: String
    /// The languages that have sentences; others are answered in the first.
    public static let languages = ReportLanguage.all

    /// Which patches of a radiograph the network sees (method §5).
    public var patches: Pipeline.Patches

    /// In what numbers the classification is computed; nil: as the bundle says.
    public var precision: Pipeline.Precision?

    /// In which the results tell their times where the study does not state one: a name of the tz database; nil: UTC,
    /// without a word on it.
    public var timeZone: String?

    public init(
        reports: [ReportClass] = [.comprehensive3D], picture: Bool = true, language: String = "en",
        patches: Pipeline.Patches = .fixed, precision: Pipeline.Precision? = nil,
        timeZone: String? = nil
    ) {
        self.reports = reports
        self.picture = picture
        self.language = language
        self.patches = patches
        self.precision = precision
        self.timeZone = timeZone
    }

    /// SHA-256 of the settings' canonical JSON, for the job's key.
    public var digest: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Strings, numbers and arrays of them always encode.
        return Digest.sha256((try? encoder.encode(self)) ?? Data())
    }
}
