import Foundation
import HilumTesting
import ServiceLifecycle
import Testing

@testable import Gateway

@Suite("The service manager hears how the node stands", .timeLimit(.minutes(5)))
struct ServiceManagerTests {
    /// A socket as systemd's, of which a test reads what was said.
    private final class Listener {
        let path: String
        private let end: Int32

        init(in folder: URL) throws {
            path = folder.appending(path: "notify").path
            end = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(end, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(end >= 0 && status == 0)
        }

        deinit { close(end) }

        /// Blocks until something comes.
        func next() -> String {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(end, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test func readinessIsTheDatagramThatSystemdDocuments() throws {
        try Workplace.withTemporaryFolder { folder in
            let listener = try Listener(in: folder)
            let manager = try #require(
                ServiceManager(environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "2000000"], process: 7))
            manager.ready("listening")
            #expect(listener.next() == "READY=1\nSTATUS=listening")
            #expect(manager.watchdog == .seconds(2))
        }
    }

    @Test func aWatchdogMeantForAnotherProcessIsNone() {
        let environment = ["NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "8"]
        #expect(ServiceManager(environment: environment, process: 7)?.watchdog == nil)
        #expect(ServiceManager(environment: environment, process: 8)?.watchdog == .seconds(2))
        #expect(ServiceManager(environment: [:], process: 8) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": "relative"], process: 8) == nil)
    }

    @Test func itHearsOfTheNodeTwiceAnIntervalUntilItStops() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let listener = try Listener(in: folder)
            let manager = try #require(
                ServiceManager(environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "2000000"], process: 7))
            let clock = HandClock()
            let group = ServiceGroup(
                services: [WatchdogService(manager: manager, clock: clock)], logger: quiet)
            async let end: Void = group.run()
            await clock.waitForSleepers(1)
            #expect(listener.next() == "WATCHDOG=1")
            clock.advance(by: .seconds(1))
            await clock.waitForSleepers(1)
            #expect(listener.next() == "WATCHDOG=1")
            await group.triggerGracefulShutdown()
            try await end
            #expect(listener.next().hasPrefix("STOPPING=1"))
        }
    }
}
