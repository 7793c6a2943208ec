public import DICOMCore
public import Foundation

/// Where a study stands. Every study has one of these, and `hilum queue` shows it.
public enum StudyState: String, CaseIterable, Codable, Hashable, Sendable {
    /// Objects come in; the study is not closed yet.
    case receiving
    /// Closed, its job waits or runs.
    case waiting
    /// Results are made; a destination has yet to accept them, or none is configured.
    case analysed
    /// Every destination has accepted the results.
    case reported
    /// There is nothing in it that Hilum analyses; the reason says why.
    case notAnalysable = "not analysable"
    /// Three tries failed, or a file is lost; the reason says why.
    case failed
}

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
}

/// An open study, for assembly.
public struct OpenStudy: Hashable, Sendable {
    public var uid: UID
    /// First arrival since it was last closed.
    public var openedAt: Date
    public var lastArrival: Date
    /// The operator asked to close it now.
    public var forced: Bool
}

/// What closing a study led to.
public enum Closing: Hashable, Sendable {
    /// A new revision with a job.
    case job(id: Int64, revision: Int)
    /// The same objects with the same bundle and settings were analysed, or wait, already.
    case unchanged(job: Int64)
    /// There is no image in it that Hilum analyses.
    case notAnalysable(reason: String)
}
