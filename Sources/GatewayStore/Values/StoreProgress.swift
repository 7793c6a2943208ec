public import Foundation
public import Workflow

/// What the store's processes wrote down since a look before.
public struct StoreProgress: Hashable, Sendable {
    /// A job that was done.
    public struct Analysis: Hashable, Sendable {
        public struct Finding: Hashable, Sendable {
            /// A class's key, or `review`.
            public var outcome: String
            /// 1…4; nil where it is not triaged.
            public var triage: Int?
            /// Why it is *review*: the codes of `ReviewReason`.
            public var reasons: [String]
        }

        /// Who sent the newest of its images, and when that came; nil where it has none.
        public var callingAE: String?
        public var lastObjectAt: Date?
        /// When its study was closed.
        public var closedAt: Date
        /// Of the try that succeeded.
        public var startedAt: Date?
        public var finishedAt: Date
        /// Empty where the study can't be analysed.
        public var isAnalysed: Bool
        public var findings: [Finding]
    }

    /// Number of the last event that was looked at.
    public var lastEvent: Int64
    public var events: [Note.Kind: Int] = [:]
    public var analyses: [Analysis] = []

    public init(lastEvent: Int64) { self.lastEvent = lastEvent }
}

/// When a result that was delivered passed the stations on its way.
public struct DeliveryCourse: Hashable, Sendable {
    /// When the newest image that it rests on came; nil where it rests on none.
    public var lastObjectAt: Date?
    public var madeAt: Date
    public var deliveredAt: Date
}
