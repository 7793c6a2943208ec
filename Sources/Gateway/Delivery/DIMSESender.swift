import DICOMCore
public import DIMSE
import Foundation
public import GatewayStore

/// Sends by C-STORE: one association for a batch, its contexts grouped by SOP class and transfer syntax.
public struct DIMSESender: ResultSender {
    private let peer: ClientConfiguration

    public init(peer: ClientConfiguration) { self.peer = peer }

    public func send(_ batch: [Delivery], report: @Sendable (Delivery, SendOutcome) throws -> Void) async throws {
        let client = try await DIMSEClient.connect(to: peer, contexts: Self.contexts(for: batch))
        for delivery in batch {
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
            return .failed("the result's file can't be read: \(error)")
        }
        guard client.context(for: object) != nil else {
            return .classNotTaken("the peer takes no \(SOPClass(uid: object.sopClassUID).name)")
        }
        return outcome(of: try await client.store(object))
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

    static func contexts(for batch: [Delivery]) -> [ProposedContext] {
        var pairs: [(sopClass: UID, syntax: UID)] = []
        for object in batch.map(\.object)
        where !pairs.contains(where: { $0 == (object.sopClass, object.transferSyntax) }) {
            pairs.append((object.sopClass, object.transferSyntax))
        }
        return pairs.prefix(128).enumerated().map { index, pair in
            ProposedContext(
                id: UInt8(2 * index + 1), abstractSyntax: pair.sopClass.string, transferSyntaxes: [pair.syntax.string])
        }
    }
}
