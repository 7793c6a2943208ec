public import Foundation

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// A server that we did not write, running beside a test: started, waited for until its port takes connections, and
/// ended by its own process id.
public final class Peer: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    public let port: Int
    private let process: Process
    private let log: URL

    /// - Parameters:
    ///   - port: where the arguments tell it to listen; see `freePort`.
    ///   - folder: its working directory, which also gets its output as `peer-<port>.log`.
    public init(
        _ tool: Tool, _ arguments: [String], port: Int, in folder: URL, environment: [String: String] = [:]
    ) throws {
        self.port = port
        log = folder.appending(path: "peer-\(port).log")
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        process = Process()
        process.executableURL = URL(filePath: tool.path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// What it has printed so far.
    public var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Returns when the port takes connections.
    public func waitUntilReady(seconds: Double = 30) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !Self.accepts(port) {
            guard process.isRunning else {
                throw Failure(description: "\(Self.name(process)) ended at once: \(output)")
            }
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "\(Self.name(process)) does not listen on port \(port): \(output)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Of its process.
    public var identifier: Int32 { process.processIdentifier }

    /// A child of a thread of the concurrency pool begins with SIGTERM blocked, as such threads have it, so only
    /// SIGKILL is sure to end it. Test peers have nothing to save.
    public func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Runs `body` while the peer runs.
    public static func running<Result>(
        _ tool: Tool, _ arguments: [String], port: Int, in folder: URL, environment: [String: String] = [:],
        _ body: (Peer) async throws -> Result
    ) async throws -> Result {
        let peer = try Peer(tool, arguments, port: port, in: folder, environment: environment)
        defer { peer.stop() }
        try await peer.waitUntilReady()
        return try await body(peer)
    }

    /// A port of 127.0.0.1 that nothing listens on now.
    public static func freePort() throws -> Int {
        let socket = try bound(port: 0)
        defer { close(socket) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        guard result == 0 else { throw Failure(description: "no free port: \(String(cString: strerror(errno)))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func bound(port: Int) throws -> Int32 {
        let descriptor = streamSocket()
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, result == 0 else {
            throw Failure(description: "no socket: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    private static func accepts(_ port: Int) -> Bool {
        let descriptor = streamSocket()
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        } == 0
    }

    private static func streamSocket() -> Int32 {
        #if os(Linux)
            socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket(AF_INET, SOCK_STREAM, 0)
        #endif
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func name(_ process: Process) -> String {
        process.executableURL?.lastPathComponent ?? "the peer"
    }
}
