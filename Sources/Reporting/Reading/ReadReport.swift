public import DICOM
public import DICOMCore
public import Diagnosis

/// What a Structured Report of ours says, read back from its bytes.
public struct ReadReport: Hashable, Sendable {
    /// One measurement group: a lung with its outline, or an image without one.
    public struct Group: Hashable, Sendable {
        public var trackingIdentifier: String
        public var trackingUID: String
        public var outcome: Outcome?
        /// 0…1; nil for *review*.
        public var confidence: Double?
        public var probabilities: [ClassProbability]
        public var triage: TriageLevel?
        public var reasons: [ReviewReason]
        /// Nil where none is stated.
        public var quality: ImageQuality.Grade?
        /// The side of the finding site; nil for a group without outline.
        public var side: LungSide?
        /// The closed outline in the referenced image's matrix; empty without one.
        public var outline: [ContentItem.Position]
        public var image: ContentItem.ImageReference?
        /// Every NUM: concept name and value in its unit.
        public var numbers: [Number]
    }

    public struct Number: Hashable, Sendable {
        public var name: CodedEntry
        public var value: Double
        public var unit: CodedEntry
    }

    public var document: StructuredDocument
    /// Of the study: that of the most urgent finding.
    public var outcome: Outcome?
    public var triage: TriageLevel?
    /// nil for Basic Text, which has no numbers.
    public var confidence: Double? { groups.first?.confidence }
    public var groups: [Group]
    public var conclusion: String
    public var predecessors: [UID]
}
