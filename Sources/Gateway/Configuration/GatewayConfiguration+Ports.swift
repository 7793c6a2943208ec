public import DICOMCore
import DIMSE
public import Foundation

extension GatewayConfiguration {
    /// When our certificates end, by what they are for: `listener`, a further one with its port, or a destination's name. As
    /// the files are now.
    public var certificateExpiries: [(use: String, at: Date)] {
        let settings =
            [("listener", node.tls)] + listeners.map { ("listener \($0.port)", $0.tls) }
            + destinations.map { ($0.name, $0.tls) }
        return settings.compactMap { use, tls in tls?.certificateExpiry.map { (use, $0) } }
    }

    /// Titles that any port lets in.
    public var knownPeers: [AETitle] { (peers + listeners.flatMap { $0.peers ?? [] }).map(\.title) }
}
