public import DICOMCore
public import Diagnosis
public import Foundation
public import Gateway
public import GatewayStore
public import NeuralNetworks
import Reporting
public import Studies
public import Workflow

/// The analyst of real workers: `Studies` on a model bundle.
public struct StudiesAnalyst: StudyAnalyst {
    private let analyzer: StudyAnalyzer
    private let softwareVersion: String
    public let recipe: Recipe

    public init(analyzer: StudyAnalyzer, softwareVersion: String) {
        self.analyzer = analyzer
        self.softwareVersion = softwareVersion
        recipe = Recipe(
            bundle: analyzer.bundle.digest, settings: analyzer.settings.digest,
            precision: analyzer.precision.rawValue, software: softwareVersion)
    }

    /// Every kind of report, so that delivery can fall back to another without a worker; they are small.
    public static func settings(
        language: String, precision: Pipeline.Precision?, timeZone: TimeZone
    ) -> AnalysisSettings {
        AnalysisSettings(
            reports: ReportClass.allCases, picture: true, language: language, precision: precision,
            timeZone: timeZone.identifier)
    }

    public func analyse(_ job: ClaimedJob, deviceUID: UID) throws -> Completion {
        let identity = JobIdentity(
            key: analyzer.jobKey(study: job.study, objectDigests: job.images.map(\.digest.description)),
            date: job.createdAt, deviceUID: deviceUID, softwareVersion: softwareVersion, revision: job.revision,
            predecessors: job.predecessors.map(InstanceReference.init),
            superseded: job.superseded.map(InstanceReference.init))
        let result = try analyzer.analyse(
            files: job.images.map(\.object.file), missing: job.missing.map(SourceImage.init), identity: identity)
        return try completion(of: result, job)
    }

    private func completion(of result: StudyResult, _ job: ClaimedJob) throws -> Completion {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let verdict: JobWorkflow.Verdict
        switch result.state {
        case .reported: verdict = .analysed
        case .notAnalysable(let why): verdict = .notAnalysable(reason: why)
        }
        return Completion(
            recipe: recipe, verdict: verdict,
            findings: try result.summary.findings.map { finding in
                Completion.Finding(
                    json: String(decoding: try encoder.encode(finding), as: UTF8.self), outcome: finding.outcome.key,
                    confidence: finding.confidence, triage: finding.triage?.rawValue)
            },
            results: try result.objects.map(self.result), unread: unread(result, job),
            summary: ([result.summary.line] + result.remarks).joined(separator: "; "),
            stages: result.summary.stages.map { Completion.Stage(name: $0.name, seconds: $0.value) })
    }

    private func unread(_ result: StudyResult, _ job: ClaimedJob) -> [JobWorkflow.UnreadImage] {
        let files = result.unreadable.compactMap { broken in
            job.images.first { $0.object.file == broken.file }.map {
                JobWorkflow.UnreadImage($0.object.sopInstance, .content(broken.reason))
            }
        }
        let images = result.notChosen.compactMap { listed -> JobWorkflow.UnreadImage? in
            guard case .undecodable(let why) = listed.reason else { return nil }
            return JobWorkflow.UnreadImage(listed.header.sopInstanceUID, .content(why))
        }
        return files + images
    }

    private func result(of object: ResultObject) throws -> Completion.Result {
        let kind: Document.Kind =
            switch object.kind {
            case .structuredReport: .report
            case .picture: .picture
            case .supersededNote: .keyObjects
            }
        guard let syntax = try FileMetaInformation.parse(object.part10)?.meta.transferSyntaxUID else {
            throw DICOMCoreError.metaHeader(why: "the result object \(object.sopInstanceUID) states no transfer syntax")
        }
        return Completion.Result(
            Document(kind, of: object.subject), language: LanguageTag(analyzer.settings.language),
            series: object.seriesInstanceUID,
            sopClass: object.sopClassUID, sopInstance: object.sopInstanceUID, transferSyntax: syntax,
            part10: object.part10)
    }
}

extension InstanceReference {
    fileprivate init(_ result: ResultReference) {
        self.init(
            sopClassUID: result.sopClass, sopInstanceUID: result.sopInstance, seriesInstanceUID: result.series)
    }
}

extension SourceImage {
    /// An image of which the store has no more than its row.
    fileprivate init(_ object: StoredObject) {
        self.init(
            sopClassUID: object.sopClass, sopInstanceUID: object.sopInstance, seriesInstanceUID: object.series,
            modality: "", rows: 0, columns: 0)
    }
}
