public import DICOMCore
public import Diagnosis
public import Foundation
public import Reporting

/// From a study's files to result objects (design §1): what the worker and `hilum analyze` share.
public struct StudyAnalyzer: Sendable {
    public let settings: AnalysisSettings
    public let limits: StudyLimits
    public let bundle: BundleIdentity
    let pipeline: Pipeline

    /// - Parameter threads: of the networks; no result depends on it.
    public init(
        bundle: ModelBundle, settings: AnalysisSettings = AnalysisSettings(), threads: Int = 1,
        limits: StudyLimits = StudyLimits()
    ) throws {
        self.settings = settings
        self.limits = limits
        self.bundle = bundle.identity
        pipeline = try Pipeline(bundle: bundle, threads: threads, precision: settings.precision)
    }

    /// Another analyzer of the same kind, for studies at the same time: packed weights are shared.
    public init(sharing other: StudyAnalyzer) {
        settings = other.settings
        limits = other.limits
        bundle = other.bundle
        pipeline = Pipeline(sharing: other.pipeline)
    }

    /// In what numbers classes are computed: the settings', or else the bundle's.
    public var precision: Pipeline.Precision { pipeline.precision }

    /// The key of the job that analyses these objects with this analyzer's bundle and settings.
    public func jobKey(study: UID, objectDigests: [String]) -> JobKey {
        JobKey(
            study: study, objectDigests: objectDigests, bundleDigest: bundle.digest, settingsDigest: settings.digest)
    }

    /// Analyses one study. A file that can't be read, and an image that can't be decoded, are listed with their
    /// reasons and never end the work.
    ///
    /// - Parameter missing: images that belong to the study and have no file any more; the report says so.
    /// - Throws: `StudiesError` when there are no files or they belong to several studies, and what the networks and
    ///   the writer of reports throw: defects, not properties of the study.
    public func analyse(files: [URL], missing: [SourceImage] = [], identity: JobIdentity) throws -> StudyResult {
        guard !files.isEmpty else { throw StudiesError.noFiles }
        var stages = Stages()
        let read = stages.measure(.read) { StudyReader.headers(of: files) }
        let studies = Set(read.headers.map(\.studyInstanceUID))
        guard studies.count <= 1 else { throw StudiesError.severalStudies(studies.count) }

        let selection = ImageSelection(of: read.headers, ownDeviceUID: identity.deviceUID)
        var work = StudyWork(
            headers: read.headers, selection: selection, unreadable: read.unreadable, missing: missing, stages: stages)
        for header in selection.radiographs {
            try work.add([header]) { (try analyse(radiograph: header, &$0), []) }
        }
        if !selection.ct.isEmpty {
            try work.add(selection.ct) { try analyse(series: selection.ct, &$0) }
        }
        return try work.result(settings: settings, identity: identity, bundle: bundle)
    }
}
