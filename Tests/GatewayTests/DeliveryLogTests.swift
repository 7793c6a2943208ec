import DICOMCore
import Foundation
import GatewayStore
import HilumTesting
import Logging
import Testing
import Workflow

@testable import Gateway

/// How loud the log is about what a destination said.
struct DeliveryLogTests {
    private struct Sender: ResultSender {
        var outcome: DeliveryOutcome

        func send(_ batch: [Delivery], report: @Sendable (Delivery, DeliveryOutcome) throws -> Void) async throws {
            for delivery in batch { try report(delivery, outcome) }
        }
    }

    @Test(
        "A dead letter is an error with what to do, what is tried again a warning, acceptance is not",
        arguments: [
            (DeliveryOutcome.accepted(warning: nil), "info: ", "accepted"),
            (.accepted(warning: "0xB000"), "notice: ", "0xB000"),
            (.failed(Cause(.destination, "connection refused")), "warning: ", "connection refused"),
            (.refused("0xC001"), "error: ", "hilum queue retry"),
        ])
    func levels(outcome: DeliveryOutcome, level: String, word: String) async throws {
        try await withNode { node async throws in
            let log = LogDouble()
            let service = DeliveryService(
                store: node.store, clock: HandClock(), logger: Logger(label: "test") { _ in log })
            let record = DestinationRecord(
                name: "pacs", kinds: [.report], reportClasses: AnalystDouble.reportClasses)
            try service.setRoutes([DeliveryService.Route(record: record, sender: Sender(outcome: outcome))])
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let loop = WorkerLoop(
                store: node.store, analyst: AnalystDouble(), comparer: ComparerDouble(), owner: node.owner("w"),
                logger: quiet)
            _ = try loop.turn()
            _ = await service.deliver(to: "pacs")
            var lines = log.lines.makeAsyncIterator()
            let line = try #require(await lines.next())
            #expect(line.hasPrefix(level) && line.contains(word) && line.contains("destination=pacs"), "\(line)")
            #expect(line.contains("not tried again") == (level == "error: "))
            #expect(try Troubleshooting.names(line, for: "DeliveryLogTests.levels") == (level == "error: "))
        }
    }
}
