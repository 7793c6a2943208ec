import DICOMCore
public import DIMSE
import Foundation
public import GatewayStore
import Workflow

/// Sends by C-STORE: one association for a batch, its contexts grouped by SOP class and transfer syntax.
public struct DIMSESender: ResultSender {
    private let peer: ClientConfiguration
    private let transcoder: StoreBatch.Transcoder?

    /// - Parameter transcoder: for a peer that does not take a result as it is written.
    public init(peer: ClientConfiguration, transcoder: StoreBatch.Transcoder? = nil) {
        self.peer = peer
        self.transcoder = transcoder
    }

    public func send(_ batch: [Delivery], report: @Sendable (Delivery, DeliveryOutcome) throws -> Void) async throws {
        // What does not fit into one association comes with the next batch.
        guard let group = Self.plan(for: batch, transcodes: transcoder != nil).groups.first else { return }
        let client = try await DIMSEClient.connect(to: peer, contexts: group.contexts)
        for delivery in group.objects.map({ batch[$0] }) {
            do {
                try report(delivery, try await store(delivery, client))
            } catch {
                await client.abort()
                // An object over which the association broke waits; those behind it go on without it.
                return try report(delivery, .failed(Cause(.destination, "\(error)")))
            }
        }
        await client.release()
    }

    private func store(_ delivery: Delivery, _ client: DIMSEClient) async throws -> DeliveryOutcome {
        let object: StorableObject
        do {
            object = try StorableObject(file: delivery.object.file.path)
        } catch {
            return .failed(Cause(.fileMissing, "the result's file can't be read: \(error)"))
        }
        do {
            return Self.outcome(of: try await client.store(try client.sendable(object, transcoder: transcoder)))
        } catch let error as NotSendable {
            return .classNotTaken(error.description)
        }
    }

    static func outcome(of status: DIMSEStatus) -> DeliveryOutcome {
        let said = words(of: status)
        return switch status.retryClass {
        case .done: .accepted(warning: status.isWarning ? said : nil)
        case .later: .failed(Cause(.destination, said))
        case .never where status == .sopClassNotSupported: .classNotTaken(said)
        // The peer has it already: what we wanted.
        case .never where status == .duplicateSOPInstance: .accepted(warning: said)
        case .never: .refused(said)
        }
    }

    /// What may be logged and kept of an answer. An Error Comment is free text, in which archives name the patient.
    private static func words(of status: DIMSEStatus) -> String {
        let code = "\(DIMSEStatus(code: status.code))"
        return status.comment == nil
            ? code : "\(code); its log has the comment, which is not kept since it may name a patient"
    }

    static func plan(for batch: [Delivery], transcodes: Bool) -> ContextPlan {
        ContextPlan(
            batch.map { ($0.object.sopClass, TransferSyntax(uid: $0.object.transferSyntax)) },
            fallbacks: transcodes ? StoreBatch.uncompressedSyntaxes : [])
    }
}
