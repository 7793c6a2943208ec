import DIMSE
public import Foundation

extension GatewayConfiguration {
    /// When our certificates end, by what they are for: `listener`, `listener` and the port
    /// where it is a further one, or a destination's name. As the files are now.
    public var certificateExpiries: [(use: String, at: Date)] {
        let listener = node.tls?.certificateExpiry.map { ("listener", $0) }
        let further = listeners.compactMap { listener in
            listener.tls?.certificateExpiry.map { ("listener \(listener.port)", $0) }
        }
        let clients = destinations.compactMap { destination in
            destination.tls?.certificateExpiry.map { (destination.name, $0) }
        }
        return ([listener].compactMap(\.self) + further + clients).map { (use: $0.0, at: $0.1) }
    }
}
