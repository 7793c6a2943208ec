public import DICOMCore
public import Foundation

/// What decides about a job's results beside the study's objects, and how a job is named.
public struct JobRecipe: Sendable {
    /// Digest of the model bundle.
    public var bundle: String
    /// Digest of the analysis settings.
    public var settings: String
    /// The job's key: the same study, object digests (hexadecimal, in any order), bundle and settings give the same key.
    public var key: @Sendable (_ study: UID, _ objectDigests: [String]) -> String

    public init(
        bundle: String, settings: String, key: @escaping @Sendable (_ study: UID, _ objectDigests: [String]) -> String
    ) {
        self.bundle = bundle
        self.settings = settings
        self.key = key
    }
}

public enum JobState: String, CaseIterable, Hashable, Sendable {
    case waiting, running, done
    /// Three tries failed: it waits for the operator.
    case parked
    /// A later revision of the study took its place before it ran, or the operator dropped it.
    case superseded
}

/// A job in a worker's hands.
public struct ClaimedJob: Hashable, Sendable {
    public var id: Int64
    public var key: String
    public var study: UID
    public var revision: Int
    /// 1 on the first try.
    public var tries: Int
    /// When the study was closed: every date in a result comes from here.
    public var createdAt: Date
    public var bundle: String
    public var settings: String
    /// The images to analyse, by SOP Instance UID.
    public var objects: [StoredObject]
    /// The reports of the revision before, which this one's name as predecessors.
    public var predecessors: [ResultReference]
    /// Who holds it.
    public var worker: String
}

/// A result object by its UIDs.
public struct ResultReference: Hashable, Sendable {
    public var kind: String
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
    public var tries: Int
    public var reason: String?
    public var worker: String?
    public var createdAt: Date
    /// Of the last try.
    public var startedAt: Date?
    public var finishedAt: Date?
    /// Of the try that succeeded.
    public var stages: [Completion.Stage]
}

/// What a failed try led to.
public enum Failing: Hashable, Sendable {
    case triedAgain(tries: Int)
    case parked(reason: String)
}
