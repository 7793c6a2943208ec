public import DICOMCore

/// What a worker hands in for a job.
public struct Completion: Sendable {
    public enum Verdict: Hashable, Sendable {
        case analysed
        case notAnalysable(reason: String)
    }

    /// One finding, as pages query it; `json` is the whole.
    public struct Finding: Hashable, Sendable {
        public var json: String
        /// A class's key, or `review`.
        public var outcome: String
        /// 0…1; nil for *review*.
        public var confidence: Double?
        /// 1…4; nil where it is not triaged.
        public var triage: Int?

        public init(json: String, outcome: String, confidence: Double?, triage: Int?) {
            self.json = json
            self.outcome = outcome
            self.confidence = confidence
            self.triage = triage
        }
    }

    /// A result object. Several of one kind are the same document in other SOP classes; a destination gets one.
    public struct Document: Sendable {
        /// `report`, `picture`, …
        public var kind: String
        public var series: UID
        public var sopClass: UID
        public var sopInstance: UID
        public var transferSyntax: UID
        /// A whole Part 10 file.
        public var part10: [UInt8]

        public init(
            kind: String, series: UID, sopClass: UID, sopInstance: UID, transferSyntax: UID, part10: [UInt8]
        ) {
            self.kind = kind
            self.series = series
            self.sopClass = sopClass
            self.sopInstance = sopInstance
            self.transferSyntax = transferSyntax
            self.part10 = part10
        }
    }

    /// How long one stage of the work took.
    public struct Stage: Codable, Hashable, Sendable {
        public var name: String
        public var seconds: Double

        public init(name: String, seconds: Double) {
            self.name = name
            self.seconds = seconds
        }
    }

    public var verdict: Verdict
    public var findings: [Finding]
    public var documents: [Document]
    /// One line for people, without anything that identifies a patient.
    public var summary: String
    /// In the order in which they began.
    public var stages: [Stage]

    public init(
        verdict: Verdict, findings: [Finding] = [], documents: [Document] = [], summary: String, stages: [Stage] = []
    ) {
        self.verdict = verdict
        self.findings = findings
        self.documents = documents
        self.summary = summary
        self.stages = stages
    }
}
