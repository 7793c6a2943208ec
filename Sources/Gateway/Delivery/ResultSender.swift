public import GatewayStore

/// Sends result objects to one destination. The real one is `DIMSESender`.
public protocol ResultSender: Sendable {
    /// Tries to send the batch over one association, in order. `report` is called for each object that came to an end.
    /// It throws when nothing could be tried; what it did not report is tried again.
    func send(_ batch: [Delivery], report: @Sendable (Delivery, SendOutcome) throws -> Void) async throws
}

/// What a destination said to one object.
public enum SendOutcome: Hashable, Sendable {
    case accepted(warning: String?)
    /// It may end otherwise later.
    case failed(String)
    /// The object's file could not be read.
    case unreadable(String)
    /// The destination negotiates no context for the object's class.
    case classNotTaken(String)
    /// It will always end like this.
    case refused(String)
    /// The association did not get to it.
    case notTried
}
