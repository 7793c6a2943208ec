import Foundation
import HilumTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import Gateway
@testable import Operations

@Suite(.enabled(if: Tool("curl") != nil)) struct OperationsServerTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A server on a free port, for the length of `body`.
    private func serving(_ body: @Sendable @escaping (Workbench, String) async throws -> Void) async throws {
        try await withWorkbench { bench async throws in
            let (ports, port) = AsyncStream<Int>.makeStream()
            let server = OperationsServer(
                GatewayConfiguration.HTTP(port: 0), pages: bench.pages, logger: quiet
            ) { port.yield($0) }
            let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [server], logger: quiet))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                for await number in ports {
                    try await body(bench, "http://127.0.0.1:\(number)")
                    break
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }

    /// Status and all that came. Waited for on a thread that may block: the server needs those of Swift's pool.
    private static func get(_ url: String, _ options: [String] = []) async throws -> (status: String, text: String) {
        let curl = try #require(Tool("curl"))
        let output = try await blocking {
            try curl.run(["-s", "-i", "--max-time", "10", "-w", "\n%{http_code}"] + options + [url])
        }
        let lines = output.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
        return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
    }

    @Test("curl reads health and metrics; a node that is not ready answers 503 and says why")
    func pages() async throws {
        try await serving { bench, root async throws in
            #expect(try await Self.get(root + "/health/live").status == "200")
            let ready = try await Self.get(root + "/health/ready")
            #expect(ready.status == "200" && ready.text.contains("\r\n\r\nready"))
            bench.status.change { $0.workersWanted = 3 }
            let unready = try await Self.get(root + "/health/ready")
            #expect(unready.status == "503" && unready.text.contains("workers: none of the 3"), "\(unready)")
            #expect(try await Self.get(root + "/health/live").status == "200")
            let metrics = try await Self.get(root + "/metrics")
            #expect(metrics.status == "200")
            #expect(metrics.text.contains("text/plain; version=0.0.4"))
            #expect(metrics.text.contains("hilum_build_info{version=\"1.2\"} 1"))
            #expect(metrics.text.contains("hilum_health{check=\"workers\"} 0"))
        }
    }

    @Test func nothingCanBeSentThatChangesAnything() async throws {
        try await serving { _, root async throws in
            for method in ["POST", "PUT", "DELETE"] {
                let answer = try await Self.get(root + "/metrics", ["-X", method])
                #expect(["404", "405"].contains(answer.status), "\(method)")
            }
            #expect(try await Self.get(root + "/nothing").status == "404")
            #expect(try await Self.get(root + "/metrics", ["-I"]).status == "200")
            let long = try await Self.get(root + "/metrics", ["-H", "X: \(String(repeating: "a", count: 40_000))"])
            #expect(long.status != "200", "a header of 40,000 bytes is taken")
        }
    }

    @Test func aPortThatIsTakenIsASentence() async throws {
        try await serving { bench, root async throws in
            let port = try #require(Int(root.split(separator: ":").last ?? ""))
            let other = OperationsServer(
                GatewayConfiguration.HTTP(port: port), pages: bench.pages,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let error = await #expect(throws: OperationsError.self) { try await other.run() }
            #expect("\(error.map { "\($0)" } ?? "")".contains("port \(port) can't be bound"))
            let text = "\(error.map { "\($0)" } ?? "")"
            #expect(text.contains("in use"))
            #expect(
                try Troubleshooting.names(text, for: "OperationsServerTests.aPortThatIsTakenIsASentence"), "\(text)")
        }
    }
}
