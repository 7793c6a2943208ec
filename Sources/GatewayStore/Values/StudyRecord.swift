public import DICOMCore
public import Foundation
public import Workflow

public typealias StudyState = StudyWorkflow.State.Name

/// A study as an operator sees it.
public struct StudyRecord: Hashable, Sendable {
    public var uid: UID
    public var state: StudyState
    public var reason: String?
    /// How many revisions it had: a closing without new images makes none.
    public var revision: Int
    public var objects: Int
    /// Of those, how many are images that Hilum analyses.
    public var images: Int
    public var firstArrival: Date
    public var lastArrival: Date
    /// One line of the newest finding, for people; nil before there is one.
    public var summary: String?
    /// What of it was removed after delivery, the last time; nil where nothing was, or all of it came again.
    public var sourcesRemoved: Removal?
    public var resultsRemoved: Removal?

    public struct Removal: Hashable, Sendable {
        public var at: Date
        public var cause: RemovalCause
        /// Whether something is there all the same: it came later, or again.
        public var isPartial: Bool
    }
}

/// An open study, for assembly.
public struct OpenStudy: Hashable, Sendable {
    public var uid: UID
    /// First arrival since it was last closed.
    public var openedAt: Date
    public var lastArrival: Date
    /// Unless it is open for what arrives, it is closed at once.
    public var opening: StudyWorkflow.Opening
}

/// What closing a study led to.
public enum Closing: Hashable, Sendable {
    /// A new revision with a job.
    case job(revision: Int)
    /// Nothing is new since the revision, whose job stays as it is or is tried again.
    case unchanged(revision: Int)
    /// There is no image in it that Hilum analyses.
    case notAnalysable(reason: String)
    /// Files are gone; the reason says which.
    case failed(reason: String)
}
