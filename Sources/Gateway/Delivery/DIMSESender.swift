import DICOMCore
public import DIMSE
import Foundation
public import GatewayStore

/// Sends by C-STORE: one association for a batch, its contexts grouped by SOP class and transfer syntax.
public struct DIMSESender: ResultSender {
    private let peer: ClientConfiguration
    private let transcoder: StoreBatch.Transcoder?

    /// - Parameter transcoder: for a peer that does not take a result as it is written.
    public init(peer: ClientConfiguration, transcoder: StoreBatch.Transcoder? = nil) {
        self.peer = peer
        self.transcoder = transcoder
    }

    public func send(_ batch: [Delivery], report: @Sendable (Delivery, SendOutcome) throws -> Void) async throws {
        // What does not fit into one association comes with the next batch.
        guard let group = Self.plan(for: batch, transcodes: transcoder != nil).groups.first else { return }
        let client = try await DIMSEClient.connect(to: peer, contexts: group.contexts)
        for delivery in group.objects.map({ batch[$0] }) {
            do {
                try report(delivery, try await store(delivery, client))
            } catch {
                await client.abort()
                // An object over which the association broke waits; those behind it go on without it.
                return try report(delivery, .failed("\(error)"))
            }
        }
        await client.release()
    }

    private func store(_ delivery: Delivery, _ client: DIMSEClient) async throws -> SendOutcome {
        let object: StorableObject
        do {
            object = try StorableObject(file: delivery.object.file.path)
        } catch {
            return .unreadable("the result's file can't be read: \(error)")
        }
        do {
            return outcome(of: try await client.store(try client.sendable(object, transcoder: transcoder)))
        } catch let error as NotSendable {
            return .classNotTaken(error.description)
        }
    }

    private func outcome(of status: DIMSEStatus) -> SendOutcome {
        switch status.retryClass {
        case .done: .accepted(warning: status.isWarning ? "\(status)" : nil)
        case .later: .failed("\(status)")
        case .never where status == .sopClassNotSupported: .classNotTaken("\(status)")
        // The peer has it already: what we wanted.
        case .never where status == .duplicateSOPInstance: .accepted(warning: "\(status)")
        case .never: .refused("\(status)")
        }
    }

    static func plan(for batch: [Delivery], transcodes: Bool) -> ContextPlan {
        ContextPlan(
            batch.map { ($0.object.sopClass, TransferSyntax(uid: $0.object.transferSyntax)) },
            fallbacks: transcodes ? StoreBatch.uncompressedSyntaxes : [])
    }
}
