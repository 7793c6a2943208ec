import DICOMCore
public import DIMSE
public import GatewayStore
public import Logging
import Synchronization

/// Joins the network to the spool: each C-STORE gets a writer, and the writer's outcome is the answer.
public struct SpoolReceiverProvider: InstanceReceiverProvider {
    private let reception: Reception
    let status: NodeStatus
    let metrics: NodeMetrics
    let logger: Logger

    public init(
        reception: Reception, status: NodeStatus = NodeStatus(), metrics: NodeMetrics = NodeMetrics(), logger: Logger
    ) {
        self.reception = reception
        self.status = status
        self.metrics = metrics
        self.logger = logger
    }

    public func receiver(
        for request: StoreRequest, on association: AssociationFacts
    ) throws -> any InstanceReceiver {
        do {
            let writer = try reception.begin(
                Reception.Request(
                    sopClass: request.sopClassUID, sopInstance: request.sopInstanceUID,
                    transferSyntax: request.transferSyntax, callingAE: association.callingAE,
                    calledAE: association.calledAE, association: "\(association.id)"))
            return SpoolReceiver(
                writer: writer, sopInstance: request.sopInstanceUID, from: association, metrics: metrics, logger: logger
            )
        } catch {
            metrics.received(from: association.callingAE, .refused(error), bytes: 0, seconds: 0)
            throw refused(error, request.sopInstanceUID, association, logger)
        }
    }
}

private final class SpoolReceiver: InstanceReceiver {
    private let writer: SpoolWriter
    private let sopInstance: UID
    private let association: AssociationFacts
    private let metrics: NodeMetrics
    private let logger: Logger
    private let began = ContinuousClock.now
    private let bytes = Atomic(0)

    init(
        writer: SpoolWriter, sopInstance: UID, from association: AssociationFacts, metrics: NodeMetrics, logger: Logger
    ) {
        self.writer = writer
        self.sopInstance = sopInstance
        self.association = association
        self.metrics = metrics
        self.logger = logger
    }

    func write(_ bytes: UnsafeRawBufferPointer) {
        self.bytes.add(bytes.count, ordering: .relaxed)
        writer.write(bytes)
    }

    func finish() async -> DIMSEStatus {
        switch await writer.finish() {
        case .success(let disposition):
            ended(.taken(disposition))
            if disposition == .setAside {
                logger.warning("other bytes under a kept UID: set aside", metadata: ["object": "\(sopInstance)"])
            }
            return .success
        case .failure(let refusal):
            ended(.refused(refusal))
            return refused(refusal, sopInstance, association, logger)
        }
    }

    func abandon() {
        writer.abandon()
        ended(.abandoned)
    }

    private func ended(_ outcome: NodeMetrics.ObjectOutcome) {
        metrics.received(
            from: association.callingAE, outcome, bytes: bytes.load(ordering: .relaxed),
            seconds: (ContinuousClock.now - began).seconds)
    }
}

/// The answer, and the operator's line about it.
private func refused(
    _ refusal: ReceptionRefusal, _ sopInstance: UID, _ association: AssociationFacts, _ logger: Logger
) -> DIMSEStatus {
    let status = DIMSEStatus(refusal)
    var level = Logger.Level.warning
    // No object is taken until somebody makes room.
    if case .outOfResources = refusal { level = .error }
    logger.log(
        level: level, "object refused: \(refusal)",
        metadata: [
            "object": "\(sopInstance)", "calling": "\(association.callingAE)", "peer": "\(association.peerAddress)",
            "status": "\(DIMSEStatus(code: status.code))",
        ])
    return status
}

extension DIMSEStatus {
    fileprivate init(_ refusal: ReceptionRefusal) {
        // Paths and our own errors are the operator's, not the peer's.
        let comment: String
        switch refusal {
        case .outOfResources: comment = "out of resources, try again later"
        case .doesNotMatch: comment = "data set and request differ"
        case .cannotUnderstand: comment = "damaged or unidentified data set"
        case .duplicateInstance: comment = "UID is kept with other content"
        }
        self.init(code: refusal.status, comment: comment)
    }
}
