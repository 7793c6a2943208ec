import Foundation

/// The service manager that started this process, as systemd: it is told how the process stands by datagrams to the socket
/// that `NOTIFY_SOCKET` names (sd_notify(3)).
public struct ServiceManager: Sendable {
    /// A file's path, or an abstract name after `@`.
    private let socket: String
    /// How often it wants to hear of a process that lives; nil where it does not ask.
    public let watchdog: Duration?

    /// Nil where nobody wants to know.
    /// - Parameter process: the number of this process, which a watchdog may be meant for.
    public init?(environment: [String: String], process: Int32) {
        guard let socket = environment["NOTIFY_SOCKET"], socket.hasPrefix("/") || socket.hasPrefix("@") else {
            return nil
        }
        self.socket = socket
        let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        watchdog =
            isMeant
            ? environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
    }

    /// The manager of this process, of which its children shall not hear.
    public static func take() -> ServiceManager? {
        let manager = ServiceManager(
            environment: ProcessInfo.processInfo.environment, process: ProcessInfo.processInfo.processIdentifier)
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] { unsetenv(name) }
        return manager
    }

    /// Ready, with what `systemctl status` shows.
    public func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    func stopping() { send("STOPPING=1\nSTATUS=draining") }
    func alive() { send("WATCHDOG=1") }

    /// A manager that does not listen is no reason to stop.
    private func send(_ text: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socket.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < room else { return }
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let end = Int32(Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        guard end >= 0 else { return }
        defer { close(end) }
        // An abstract name has no end of its own, so the length says it.
        let length = MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count } ?? 0
        let bytes = Array(text.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(end, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length))
            }
        }
    }
}
