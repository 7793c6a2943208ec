import DICOMCore
public import DIMSE
public import GatewayStore
public import Logging

/// Joins the network to the spool: each C-STORE gets a writer, and the writer's outcome is the answer.
public struct SpoolReceiverProvider: InstanceReceiverProvider {
    private let reception: Reception
    private let logger: Logger

    public init(reception: Reception, logger: Logger) {
        self.reception = reception
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
            return SpoolReceiver(writer: writer, sopInstance: request.sopInstanceUID, logger: logger)
        } catch {
            logger.warning("object refused: \(error)", metadata: ["object": "\(request.sopInstanceUID)"])
            throw DIMSEStatus(error)
        }
    }
}

private final class SpoolReceiver: InstanceReceiver {
    private let writer: SpoolWriter
    private let sopInstance: UID
    private let logger: Logger

    init(writer: SpoolWriter, sopInstance: UID, logger: Logger) {
        self.writer = writer
        self.sopInstance = sopInstance
        self.logger = logger
    }

    func write(_ bytes: UnsafeRawBufferPointer) { writer.write(bytes) }

    func finish() async -> DIMSEStatus {
        switch await writer.finish() {
        case .success(let disposition):
            if disposition == .setAside {
                logger.warning("other bytes under a kept UID: set aside", metadata: ["object": "\(sopInstance)"])
            }
            return .success
        case .failure(let refusal):
            logger.warning("object refused: \(refusal)", metadata: ["object": "\(sopInstance)"])
            return DIMSEStatus(refusal)
        }
    }

    func abandon() { writer.abandon() }
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
