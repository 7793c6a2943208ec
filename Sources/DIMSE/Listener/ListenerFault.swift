internal import NIOCore

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Why a port can't be bound, in words for an operator.
public enum ListenerFault {
    static func sentence(host: String, port: Int, _ error: any Error) -> String {
        switch error {
        case let error as IOError: sentence(host: host, port: port, code: error.errnoCode)
        // A name that nobody knows is no address of this machine.
        case is SocketAddressError.UnknownHost: sentence(host: host, port: port, code: EADDRNOTAVAIL)
        default: "\(host) port \(port) can't be bound (\(error)); check host and port"
        }
    }

    /// - Parameter code: the system's `errno`.
    public static func sentence(host: String, port: Int, code: Int32) -> String {
        let place = "\(host) port \(port)"
        return switch code {
        case EADDRINUSE:
            "\(place) is taken by another program (`ss -ltnp` names it); stop that, or choose another port"
        case EACCES, EPERM:
            "\(place) is not for this user; choose a port from 1024 on, or let the service have CAP_NET_BIND_SERVICE"
        case EADDRNOTAVAIL:
            "this machine has no address \(host); name one of its own, or 0.0.0.0 for all"
        default: "\(place) can't be bound (\(String(cString: strerror(code)))); check host and port"
        }
    }
}
