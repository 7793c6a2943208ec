public import DICOMCore
public import Workflow

/// What a worker hands in for a job.
public struct Completion: Sendable {
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

    /// A result object: a document in one of its forms.
    public struct Result: Sendable {
        public var document: Document
        public var language: LanguageTag?
        public var series: UID
        public var sopClass: UID
        public var sopInstance: UID
        public var transferSyntax: UID
        /// A whole Part 10 file.
        public var part10: [UInt8]

        public init(
            _ document: Document, language: LanguageTag? = nil, series: UID, sopClass: UID, sopInstance: UID,
            transferSyntax: UID, part10: [UInt8]
        ) {
            self.document = document
            self.language = language
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

    /// With which it was made.
    public var recipe: Recipe
    public var verdict: JobWorkflow.Verdict
    public var findings: [Finding]
    public var results: [Result]
    /// Images whose files failed the worker; those of which no image can be made are in the result.
    public var unread: [JobWorkflow.UnreadImage]
    /// One line for people, without anything that identifies a patient.
    public var summary: String
    /// In the order in which they began.
    public var stages: [Stage]

    public init(
        recipe: Recipe, verdict: JobWorkflow.Verdict, findings: [Finding] = [], results: [Result] = [],
        unread: [JobWorkflow.UnreadImage] = [], summary: String, stages: [Stage] = []
    ) {
        self.recipe = recipe
        self.verdict = verdict
        self.findings = findings
        self.results = results
        self.unread = unread
        self.summary = summary
        self.stages = stages
    }
}
