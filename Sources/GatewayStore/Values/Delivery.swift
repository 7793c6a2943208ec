public import DICOMCore
public import Foundation

/// What the outbox has to know of a destination. How to reach it is the gateway's business.
public struct DestinationRecord: Hashable, Sendable {
    public var name: String
    /// Which kinds of result object it gets: `report`, `picture`, …
    public var kinds: [String]
    /// SOP classes of reports, the preferred one first; the next is taken when the peer does not take it.
    public var reportClasses: [UID]

    public init(name: String, kinds: [String], reportClasses: [UID]) {
        self.name = name
        self.kinds = kinds
        self.reportClasses = reportClasses
    }
}

public enum DeliveryState: String, CaseIterable, Codable, Hashable, Sendable {
    case waiting
    case delivered
    /// Refused for good: it waits for the operator.
    case dead
    case dropped
}

/// One result object on its way to one destination.
public struct Delivery: Hashable, Sendable, Identifiable {
    public var id: Int64
    public var destination: String
    public var kind: String
    public var state: DeliveryState
    public var tries: Int
    public var nextTry: Date
    public var lastError: String?
    public var object: StoredObject
}

/// What one try at a delivery led to.
public enum DeliveryOutcome: Hashable, Sendable {
    /// Accepted; `warning` holds what the peer said beside Success.
    case delivered(warning: String?)
    /// Try again after so many seconds.
    case later(after: TimeInterval, error: String)
    /// The peer does not take this SOP class: write the next kind of report, or give up when there is none.
    case classNotTaken(error: String)
    /// Refused for good.
    case refused(error: String)
}
