import DICOM
import DICOMCore
import Diagnosis
public import Foundation
public import GatewayStore
import Reporting
import Workflow

/// Reads of a result's own file what its row and its job's row held, for a database that is made anew.
public enum KeptResultReader {
    /// Why a file is no result of Hilum.
    public struct NoResult: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Throws: ``NoResult``, and what reading the file throws.
    public static func read(_ file: URL) throws -> KeptResult {
        let source = try DataSet(contentsOf: file)
        guard source.string(.manufacturer) == Provenance.manufacturer, let device = source.uid(.deviceUID),
            let sopClass = source.sopClassUID, let madeAt = date(of: source)
        else { throw NoResult(description: "it does not say that Hilum made it, and when") }
        let software = source.strings(.softwareVersions).first ?? ""
        var kept = KeptResult(
            Document(.picture), language: nil, revision: revision(of: source), madeAt: madeAt, deviceUID: device,
            images: references(source.sequence(.sourceImageSequence)),
            recipe: Recipe(bundle: "", settings: "", precision: "", software: software), verdict: nil)
        switch SOPClass(uid: sopClass) {
        case let known where ReportClass.allCases.contains { $0.sopClassUID == known.uid }:
            try add(try ReportReader.read([UInt8](try Data(contentsOf: file)), lenient: true), source, to: &kept)
        case .keyObjectSelectionDocumentStorage:
            guard let former = evidence(of: source).first else {
                throw NoResult(description: "it is about no object")
            }
            kept.document = Document(.keyObjects, of: .image(former))
            kept.images = []
        case .secondaryCaptureImageStorage, .multiFrameTrueColorSecondaryCaptureImageStorage: break
        default: throw NoResult(description: "it is of a class that Hilum does not write")
        }
        return kept
    }

    private static func add(_ report: ReadReport, _ source: DataSet, to kept: inout KeptResult) throws {
        kept.document = Document(.report)
        kept.language = report.language.flatMap { LanguageTag($0) }
        kept.images = evidence(of: source)
        kept.recipe.bundle = report.bundleDigest ?? ""
        // Basic Text has no group to say it in; the other classes of the same job have.
        guard !report.groups.isEmpty else { return }
        guard !report.saysNotAnalysable else {
            kept.verdict = .notAnalysable(reason: "its report says that no image of it could be analysed")
            return
        }
        kept.verdict = .analysed
        kept.findings = try onePerFinding(report.groups).compactMap { group in
            try group.outcome.map { try finding($0, group, of: source) }
        }
        kept.summary = kept.findings.first.map { finding in
            let percent = finding.confidence.map { " \(Int(($0 * 100).rounded())) %" } ?? ""
            let triage = finding.triage.map { ", triage \($0)" } ?? ", not triaged"
            return "\(finding.outcome)\(percent)\(triage), read from its report"
        }
    }

    /// Each lung of a finding has a group of its own, right before left, and both say the same of it.
    private static func onePerFinding(_ groups: [ReadReport.Group]) -> [ReadReport.Group] {
        var (kept, last): ([ReadReport.Group], ReadReport.Group?) = ([], nil)
        for group in groups {
            let isSecondLung =
                group.side == .left && last?.side == .right && last?.outcome == group.outcome
                && last?.probabilities == group.probabilities && last?.triage == group.triage
                && last?.reasons == group.reasons
            if !isSecondLung { kept.append(group) }
            last = group
        }
        return kept
    }

    /// A part of a finding's JSON: what else there was stands in the report.
    private struct Remains: Encodable {
        var outcome: String
        var confidence: Double?
        var triage: Int?
        var reasons: [String]
        var readFrom: String
    }

    private static func finding(
        _ outcome: Outcome, _ group: ReadReport.Group, of source: DataSet
    ) throws -> Completion.Finding {
        let remains = Remains(
            outcome: outcome.key, confidence: group.confidence, triage: group.triage?.rawValue,
            reasons: group.reasons.map(\.rawValue), readFrom: source.sopInstanceUID?.string ?? "")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Completion.Finding(
            json: String(decoding: try encoder.encode(remains), as: UTF8.self), outcome: outcome.key,
            confidence: group.confidence, triage: group.triage?.rawValue)
    }

    /// Which revision it is stands in words only; the first one's say nothing of it.
    private static func revision(of source: DataSet) -> Int {
        let words = source.string(.seriesDescription)?.firstMatch(of: /, revision ([0-9]{1,9})\b/)
        return words.flatMap { Int($0.1) } ?? 1
    }

    /// In the stated zone, else UTC.
    private static func date(of source: DataSet) -> Date? {
        guard let day = source.string(.contentDate), let time = source.string(.contentTime), day.utf8.count == 8,
            time.utf8.count >= 6, let number = Int(day), let clock = Int(time.prefix(6))
        else { return nil }
        let offset = source.string(.timezoneOffsetFromUTC).flatMap { Int($0) } ?? 0
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: offset / 100 * 3600 + offset % 100 * 60) ?? .gmt
        return calendar.date(
            from: DateComponents(
                year: number / 10_000, month: number / 100 % 100, day: number % 100, hour: clock / 10_000,
                minute: clock / 100 % 100, second: clock % 100))
    }

    private static func evidence(of source: DataSet) -> Set<UID> {
        references(
            source.sequence(.currentRequestedProcedureEvidenceSequence)
                .flatMap { $0.sequence(.referencedSeriesSequence) }.flatMap { $0.sequence(.referencedSOPSequence) })
    }

    private static func references(_ items: [DataSet]) -> Set<UID> {
        Set(items.compactMap { $0.uid(.referencedSOPInstanceUID) })
    }
}

extension Tag {
    fileprivate static let contentDate = Tag(0x0008, 0x0023)
    fileprivate static let contentTime = Tag(0x0008, 0x0033)
    fileprivate static let timezoneOffsetFromUTC = Tag(0x0008, 0x0201)
    fileprivate static let seriesDescription = Tag(0x0008, 0x103E)
    fileprivate static let referencedSeriesSequence = Tag(0x0008, 0x1115)
    fileprivate static let referencedSOPInstanceUID = Tag(0x0008, 0x1155)
    fileprivate static let referencedSOPSequence = Tag(0x0008, 0x1199)
    fileprivate static let sourceImageSequence = Tag(0x0008, 0x2112)
    fileprivate static let currentRequestedProcedureEvidenceSequence = Tag(0x0040, 0xA375)
}
