public import DICOMCore
public import Foundation
public import Workflow

public typealias JobState = JobWorkflow.State.Name

/// A job in a worker's hands.
public struct ClaimedJob: Hashable, Sendable {
    /// An image to analyse, as the job was made from it.
    public struct Image: Hashable, Sendable {
        public var object: StoredObject
        /// Of its data set then; the kept object may have been exchanged since.
        public var digest: ObjectDigest
    }

    public var id: Int64
    public var study: UID
    public var revision: Int
    public var recipe: Recipe
    /// The number of this try, from 1; those that cost nothing left out.
    public var tries: Int
    /// Why the try before ended; nil where there was none.
    public var formerCause: Cause?
    /// Whether the job is parked when this try fails through the work's own fault.
    public var isLastTry: Bool
    /// When the study was closed: every date in a result comes from here.
    public var createdAt: Date
    /// By SOP Instance UID.
    public var images: [Image]
    /// Images of the study whose files are gone and that the operator wants to do without.
    public var missing: [StoredObject]
    /// The reports of the revision before, which this one's name as predecessors.
    public var predecessors: [ResultReference]
    /// The results of revisions before that destinations have or wait for, and that this one's take the place of.
    public var superseded: [ResultReference]
    /// Who holds it.
    public var owner: Owner
}

/// A result object by its UIDs.
public struct ResultReference: Hashable, Sendable {
    public var document: Document
    public var study: UID
    public var series: UID
    public var sopClass: UID
    public var sopInstance: UID
}

/// A job as an operator sees it.
public struct JobRecord: Hashable, Sendable {
    public var id: Int64
    public var study: UID
    public var revision: Int
    public var state: JobState
    /// Tries that failed by the work's own fault.
    public var failures: Int
    /// Why the last try ended, or why there is no further one.
    public var reason: String?
    public var worker: String?
    public var createdAt: Date
    /// Of the last try.
    public var startedAt: Date?
    public var finishedAt: Date?
    /// Of the try that succeeded.
    public var stages: [Completion.Stage]
}
