public import GatewayStore

/// Sends result objects to one destination. The real one is `DIMSESender`.
public protocol ResultSender: Sendable {
    /// Tries to send the batch over one association, in order. `report` is called for each object that came to an end.
    /// It throws when nothing could be tried; what it did not report is tried again.
    func send(_ batch: [Delivery], report: @Sendable (Delivery, DeliveryOutcome) throws -> Void) async throws
}
