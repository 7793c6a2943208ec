import DICOMCore
import Diagnosis
import Foundation
import Gateway
import GatewayStore
import Reporting
import Studies

/// The analyst of real workers: `Studies` on a model bundle.
struct StudiesAnalyst: StudyAnalyst {
    private let analyzer: StudyAnalyzer
    private let softwareVersion: String

    init(analyzer: StudyAnalyzer, softwareVersion: String) {
        self.analyzer = analyzer
        self.softwareVersion = softwareVersion
    }

    var recipe: JobRecipe {
        Self.recipe(bundle: analyzer.bundle.digest, settings: analyzer.settings.digest)
    }

    /// The recipe from its digests, for the gateway's process, which loads no bundle.
    static func recipe(bundle: String, settings: String) -> JobRecipe {
        JobRecipe(bundle: bundle, settings: settings) { study, digests in
            JobKey(study: study, objectDigests: digests, bundleDigest: bundle, settingsDigest: settings).string
        }
    }

    /// Every kind of report, so that delivery can fall back to another without a worker; they are small.
    static func settings(
        language: String, precision: Pipeline.Precision?, timeZone: TimeZone
    ) -> AnalysisSettings {
        AnalysisSettings(
            reports: ReportKind.allCases, picture: true, language: language, precision: precision,
            timeZone: timeZone.identifier)
    }

    func analyse(_ job: ClaimedJob, deviceUID: UID) throws -> Completion {
        guard let key = JobKey(job.key) else { throw StoreError.unreadable(column: "job.key", value: job.key) }
        let identity = JobIdentity(
            key: key, date: job.createdAt, deviceUID: deviceUID, softwareVersion: softwareVersion,
            revision: job.revision,
            predecessors: job.predecessors.map {
                PredecessorDocument(
                    sopClassUID: $0.sopClass, sopInstanceUID: $0.sopInstance, seriesInstanceUID: $0.series)
            })
        let result = try analyzer.analyse(files: job.objects.map(\.file), identity: identity)
        return try Self.completion(of: result)
    }

    private static func completion(of result: StudyResult) throws -> Completion {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let verdict: Completion.Verdict
        switch result.state {
        case .reported: verdict = .analysed
        case .notAnalysable(let why): verdict = .notAnalysable(reason: why)
        }
        return Completion(
            verdict: verdict,
            findings: try result.summary.findings.map { finding in
                Completion.Finding(
                    json: String(decoding: try encoder.encode(finding), as: UTF8.self), outcome: finding.outcome.key,
                    confidence: finding.confidence, triage: finding.triage?.rawValue)
            },
            documents: try result.objects.map(document), summary: result.summary.line,
            stages: result.summary.stages.map { Completion.Stage(name: $0.name, seconds: $0.value) })
    }

    private static func document(of object: ResultObject) throws -> Completion.Document {
        let kind: String
        switch object.kind {
        case .structuredReport: kind = "report"
        case .picture: kind = "picture"
        }
        guard let syntax = try FileMetaInformation.parse(object.part10)?.meta.transferSyntaxUID else {
            throw DICOMCoreError.metaHeader(why: "the result object \(object.sopInstanceUID) states no transfer syntax")
        }
        return Completion.Document(
            kind: kind, series: object.seriesInstanceUID, sopClass: object.sopClassUID,
            sopInstance: object.sopInstanceUID, transferSyntax: syntax, part10: object.part10)
    }
}
