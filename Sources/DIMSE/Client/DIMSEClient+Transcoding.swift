import DICOMCore

/// Why an object can't go to a peer, now or later.
public struct NotSendable: Error, Hashable, CustomStringConvertible {
    /// A sentence.
    public let description: String
}

extension DIMSEClient {
    /// `object` as this peer takes it: itself where it can go as it is, else as `transcoder` makes it of one of the
    /// syntaxes accepted for its class. Without a transcoder it goes as it is or not at all.
    public func sendable(
        _ object: StorableObject, transcoder: StoreBatch.Transcoder?
    ) throws(NotSendable) -> StorableObject {
        if context(for: object) != nil { return object }
        let syntaxes = contexts.filter { $0.sopClassUID == object.sopClassUID }.map(\.transferSyntax)
        let refusal = refusal(object, syntaxes)
        guard let transcoder, !syntaxes.isEmpty else { throw NotSendable(description: refusal) }
        do {
            if let other = try transcoder(object, syntaxes), context(for: other) != nil { return other }
        } catch {
            throw NotSendable(description: "\(refusal), and it can't be transcoded: \(error)")
        }
        throw NotSendable(description: refusal)
    }

    private func refusal(_ object: StorableObject, _ syntaxes: [TransferSyntax]) -> String {
        let name = SOPClass(uid: object.sopClassUID).name
        guard !syntaxes.isEmpty else { return "\(calledAE) does not take \(name) as \(object.transferSyntax.name)" }
        return "\(calledAE) takes \(name) only as \(syntaxes.map(\.name).joined(separator: ", ")), "
            + "not as \(object.transferSyntax.name)"
    }
}
