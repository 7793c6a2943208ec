public import DICOMCore
public import Foundation
public import Workflow

/// What the outbox has to know of a destination. How to reach it is the gateway's business.
public struct DestinationRecord: Hashable, Sendable {
    public var name: String
    /// Which kinds of document it gets.
    public var kinds: [Document.Kind]
    /// SOP classes of reports, the preferred one first; the next is taken when the peer does not take it.
    public var reportClasses: [UID]
    /// Whether it gets reports of studies that can't be analysed. One that takes the place of a report which it has goes in
    /// any case.
    public var wantsNotAnalysable: Bool

    public init(name: String, kinds: [Document.Kind], reportClasses: [UID], wantsNotAnalysable: Bool = true) {
        self.name = name
        self.kinds = kinds
        self.reportClasses = reportClasses
        self.wantsNotAnalysable = wantsNotAnalysable
    }
}

public typealias DeliveryState = DeliveryWorkflow.State.Name

/// One result object on its way to one destination.
public struct Delivery: Hashable, Sendable, Identifiable {
    public var id: Int64
    public var destination: String
    public var document: Document
    public var state: DeliveryState
    /// That ended without success.
    public var tries: Int
    public var nextTry: Date
    public var lastError: String?
    public var object: StoredObject
}

/// What one try at a delivery led to. Its words name no patient.
public enum DeliveryOutcome: Hashable, Sendable {
    /// Accepted; `warning` holds what the peer said beside Success.
    case accepted(warning: String?)
    /// It may end otherwise later. The cause says whose fault it is: the destination's, or that of a file of ours.
    case failed(Cause)
    /// The peer negotiates no context for this SOP class: the next form of the document goes, if there is one.
    case classNotTaken(String)
    /// It will always end like this.
    case refused(String)
    /// The try did not get to it.
    case notTried
}

extension DeliveryOutcome: CustomStringConvertible {
    public var description: String {
        switch self {
        case .accepted(let warning): "accepted" + (warning.map { ", with a warning: \($0)" } ?? "")
        case .failed(let cause): "not delivered yet: \(cause)"
        case .classNotTaken(let reason): "not taken in this form: \(reason)"
        case .refused(let reason): "refused: \(reason)"
        case .notTried: "not tried yet"
        }
    }
}
