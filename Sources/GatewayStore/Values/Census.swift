public import Foundation
public import Workflow

/// How many of everything there are, and how old the oldest is: what an operator's instruments show.
public struct Census: Hashable, Sendable {
    public struct Deliveries: Hashable, Sendable {
        public var destination: String
        public var state: DeliveryState
        public var count: Int
        /// When the oldest of them was made; nil for those that nobody sends any more.
        public var oldest: Date?
    }

    public var studies: [StudyState: Int] = [:]
    /// When the study that has been open longest was opened.
    public var oldestOpenStudy: Date?
    /// Of those that are not over.
    public var jobs: [JobState: Int] = [:]
    /// When the oldest of each was made.
    public var oldestJobs: [JobState: Date] = [:]
    public var asides: [AsideState: Int] = [:]
    /// Names of the destinations that there are now.
    public var destinations: [String] = []
    /// Of those that were not accepted; a destination that is gone may have some still.
    public var deliveries: [Deliveries] = []

    public init() {}

    /// Results that a destination has yet to accept.
    public var undelivered: Int {
        deliveries.filter { [.waiting, .sending].contains($0.state) }.reduce(0) { $0 + $1.count }
    }
}

/// Room on the disk that holds the store, and what its database takes. All in bytes.
public struct StorageSpace: Hashable, Sendable {
    /// What this process may still write.
    public var free: Int64
    /// Of the whole file system.
    public var size: Int64
    /// Of the whole file system, by whomever.
    public var used: Int64
    public var database: Int64
    /// The database's write-ahead log.
    public var log: Int64
}
