public import DICOMCore
public import Diagnosis
public import Foundation
public import Reporting

/// What came of a study.
public struct StudyResult: Sendable {
    public enum State: Hashable, Sendable {
        case reported
        /// Nothing to analyse; the sentence says why.
        case notAnalysable(why: String)
    }

    public var state: State
    public var studyInstanceUID: UID?
    /// Most urgent first: the study takes the first one's class and triage level.
    public var findings: [ReportedFinding]
    /// Images of the study that were not analysed.
    public var notChosen: [ImageSelection.NotChosen]
    /// Files that could not be read at all.
    public var unreadable: [UnreadableFile]
    /// Reports, then the picture; empty unless `state` is `.reported`.
    public var objects: [ResultObject]
    public var summary: StudySummary
}

/// A file that is no readable DICOM object.
public struct UnreadableFile: Error, Sendable {
    public var file: URL
    /// A sentence without a patient's data.
    public var reason: String
}

/// A study's result as the database, the log and machines take it. Holds no patient data.
public struct StudySummary: Codable, Hashable, Sendable {
    public var studyInstanceUID: String
    /// `reported` or `not_analysable`.
    public var state: String
    /// Why nothing could be analysed.
    public var why: String?
    /// Class or `review`, of the most urgent finding.
    public var outcome: Outcome?
    /// 0…1; nil for *review*.
    public var confidence: Double?
    public var triage: TriageLevel?
    public var reasons: [ReviewReason]
    /// Most urgent first.
    public var findings: [Finding]
    public var notChosen: [Listed]
    public var unreadable: [Listed]
    /// Seconds by stage, of all findings together.
    public var stages: [NamedValue]

    /// An image and the reason why it was not analysed.
    public struct Listed: Codable, Hashable, Sendable {
        /// SOP Instance UID; the file's name where that could not be read.
        public var object: String
        public var reason: String
    }

    /// One line for people.
    public var line: String {
        guard let outcome, let triage else { return "not analysable: \(why ?? "no reason given")" }
        var text = outcome.key
        if let confidence { text += " \(Int((confidence * 100).rounded())) %" }
        text += ", triage \(triage.rawValue)"
        if !reasons.isEmpty { text += " (\(reasons.map(\.rawValue).joined(separator: ", ")))" }
        return text
    }
}
