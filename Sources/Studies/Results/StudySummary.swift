import DICOMCore
public import Diagnosis
import Foundation
import Reporting

/// A study's result as the database, the log and machines take it. Holds no patient data.
public struct StudySummary: Codable, Hashable, Sendable {
    public enum State: String, Codable, Sendable {
        case reported
        case notAnalysable = "not_analysable"
    }

    public var studyInstanceUID: String
    public var state: State
    /// Why nothing could be analysed.
    public var why: String?
    /// Class or `review`, of the most urgent finding.
    public var outcome: Outcome?
    /// 0…1; nil for *review*.
    public var confidence: Double?
    /// Nil where that is not triaged.
    public var triage: TriageLevel?
    public var reasons: [ReviewReason]
    /// Most urgent first.
    public var findings: [Finding]
    public var notChosen: [Listed]
    public var unreadable: [Listed]
    /// Seconds by stage, of all findings together: reading of headers, decoding, the pipeline's stages, reports, picture.
    public var stages: [NamedValue]

    /// An image and the reason why it was not analysed.
    public struct Listed: Codable, Hashable, Sendable {
        /// SOP Instance UID; the file's name where that could not be read.
        public var object: String
        public var reason: String
    }

    init(
        study: UID?, state: StudyResult.State, findings: [ReportedFinding], notChosen: [ImageSelection.NotChosen],
        unreadable: [UnreadableFile], stages: [NamedValue]
    ) {
        let first = findings.first?.finding
        studyInstanceUID = study?.string ?? ""
        if case .notAnalysable(let reason) = state {
            self.state = .notAnalysable
            why = reason
        } else {
            self.state = .reported
        }
        outcome = first?.outcome
        confidence = first?.confidence
        triage = first?.triage
        reasons = first?.reasons ?? []
        self.findings = findings.map(\.finding)
        self.notChosen = notChosen.map {
            Listed(object: $0.header.sopInstanceUID.string, reason: $0.reason.description)
        }
        self.unreadable = unreadable.map { Listed(object: $0.file.lastPathComponent, reason: $0.reason) }
        self.stages = stages
    }

    /// One line for people.
    public var line: String {
        guard let outcome else { return "not analysable: \(why ?? "no reason given")" }
        var text = outcome.key
        if let confidence { text += " \(Int((confidence * 100).rounded())) %" }
        text += triage.map { ", triage \($0.rawValue)" } ?? ", not triaged"
        if !reasons.isEmpty { text += " (\(reasons.map(\.rawValue).joined(separator: ", ")))" }
        return text
    }
}
