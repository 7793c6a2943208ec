import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import ServiceLifecycle
import Synchronization
import Testing
import Workflow

@testable import Gateway

/// Says what a test told it to, and remembers what it was asked.
private final class SenderDouble: ResultSender {
    struct Down: Error, CustomStringConvertible { let description = "connection refused" }
    private let answer: @Sendable (Delivery) throws -> DeliveryOutcome
    private let log = Mutex<[UID]>([])
    private let continuation: AsyncStream<UID>.Continuation
    let sent: AsyncStream<UID>

    init(_ answer: @escaping @Sendable (Delivery) throws -> DeliveryOutcome) {
        self.answer = answer
        (sent, continuation) = AsyncStream.makeStream()
    }

    var count: Int { log.withLock { $0.count } }

    func send(_ batch: [Delivery], report: @Sendable (Delivery, DeliveryOutcome) throws -> Void) async throws {
        for delivery in batch {
            log.withLock { $0.append(delivery.object.sopClass) }
            try report(delivery, try answer(delivery))
            continuation.yield(delivery.object.sopClass)
        }
    }
}

struct DeliveryTests {
    private func route(_ name: String, _ sender: SenderDouble) -> DeliveryService.Route {
        DeliveryService.Route(
            record: DestinationRecord(name: name, kinds: [.report], reportClasses: AnalystDouble.reportClasses),
            sender: sender)
    }

    private func service(_ node: Node) -> DeliveryService {
        DeliveryService(
            store: node.store, clock: HandClock(), logger: quiet)
    }

    private func analysed(_ node: Node) async throws {
        try await node.receive("1.2.3.1")
        try node.close("1.2.3")
        let loop = WorkerLoop(
            store: node.store, analyst: AnalystDouble(), comparer: ComparerDouble(), owner: node.owner("w"),
            logger: quiet)
        _ = try loop.turn()
    }

    @Test func aWarningIsSuccessAndKept() async throws {
        try await withNode { node async throws in
            let service = service(node)
            let sender = SenderDouble { _ in .accepted(warning: "0xB000") }
            try service.setRoutes([route("pacs", sender)])
            try await analysed(node)
            #expect(await service.deliver(to: "pacs"))
            #expect(await service.deliver(to: "pacs") == false)
            #expect(try node.store.deliveries().first?.lastError == "0xB000")
            #expect(try node.store.studies().first?.state == .reported)
        }
    }

    @Test func aDeadDestinationIsTriedAgainLaterAndLater() async throws {
        try await withNode { node async throws in
            let service = service(node)
            let sender = SenderDouble { _ in throw SenderDouble.Down() }
            try service.setRoutes([route("pacs", sender)])
            try await analysed(node)
            for wait in [5.0, 10, 20, 40, 60, 60] {
                let before = sender.count
                _ = await service.deliver(to: "pacs")
                #expect(sender.count == before + 1)
                node.calendar.advance(wait - 1)
                #expect(await service.deliver(to: "pacs") == false)
                #expect(sender.count == before + 1)
                node.calendar.advance(1)
            }
            #expect(try node.store.deliveries().first?.lastError == "connection refused")
            // The record names the first failure, not each.
            #expect(try node.store.events().filter { $0.kind == .delayed }.count == 1)
        }
    }

    @Test func aDeadDestinationKeepsNobodyWaiting() async throws {
        try await withNode { node async throws in
            let service = service(node)
            let dead = SenderDouble { _ in throw SenderDouble.Down() }
            let alive = SenderDouble { _ in .accepted(warning: nil) }
            try service.setRoutes([route("dead", dead), route("alive", alive)])
            try await analysed(node)
            let running = Task { try await service.run() }
            for await _ in alive.sent { break }
            running.cancel()
            try await running.value
            #expect(try node.store.deliveries(in: [.delivered]).map(\.destination) == ["alive"])
        }
    }

    @Test func aPeerThatDoesNotTakeTheClassGetsTheOtherKindOfReport() async throws {
        try await withNode { node async throws in
            let sender = SenderDouble { delivery in
                delivery.object.sopClass == AnalystDouble.reportClasses[0]
                    ? .classNotTaken("no Comprehensive 3D SR") : .accepted(warning: nil)
            }
            let service = service(node)
            try service.setRoutes([route("pacs", sender)])
            try await analysed(node)
            while await service.deliver(to: "pacs") {}
            #expect(sender.count == 2)
            #expect(try node.store.studies().first?.state == .reported)
        }
    }

    @Test("What a destination accepted while the database was locked is written later and not sent again")
    func lockedWhileAccepted() async throws {
        try await withNode { node async throws in
            let guest = try Store(folder: node.store.folder, role: .guest, busyTimeout: 0.01)
            let lock = try DatabaseLock(node.store.layout.database)
            let service = DeliveryService(store: guest, clock: HandClock(), logger: quiet)
            let sender = SenderDouble { _ in
                lock.take()
                return .accepted(warning: nil)
            }
            try service.setRoutes([route("pacs", sender)])
            try await analysed(node)
            _ = await service.deliver(to: "pacs")
            #expect(await service.deliver(to: "pacs") == false)
            #expect(try node.store.deliveries().map(\.state) == [.sending])
            lock.release()
            #expect(await service.deliver(to: "pacs") == false)
            #expect(sender.count == 1)
            #expect(try node.store.studies().first?.state == .reported)
        }
    }

    @Test func aRefusalForGoodIsDead() async throws {
        try await withNode { node async throws in
            let service = service(node)
            let sender = SenderDouble { _ in .refused("0xC000") }
            try service.setRoutes([route("pacs", sender)])
            try await analysed(node)
            _ = await service.deliver(to: "pacs")
            node.calendar.advance(86_400)
            #expect(await service.deliver(to: "pacs") == false)
            #expect(try node.store.deliveries().map(\.state) == [.dead])
            #expect(try node.store.deliveries().map(\.tries) == [1])
        }
    }

    @Test(
        "What an archive writes into its Error Comment is not kept: it may name the patient",
        arguments: [0x0122, 0x0111, 0xA700, 0xB000, 0xC000])
    func errorComments(code: UInt16) {
        let outcome = DIMSESender.outcome(of: DIMSEStatus(code: code, comment: "Secret^Name was born 19310714"))
        #expect(!"\(outcome)".contains("Secret") && !"\(outcome)".contains("1931"), "\(outcome)")
        #expect("\(outcome)".contains("its log has the comment"), "\(outcome)")
    }

    @Test func oneAssociationHasAContextForEachClassAndSyntax() async throws {
        try await withNode { node async throws in
            try node.store.setDestinations(
                [AnalystDouble.reportClasses, AnalystDouble.reportClasses.reversed()].map {
                    DestinationRecord(name: $0[0].string, kinds: [.report], reportClasses: $0)
                })
            try await analysed(node)
            let batch = try node.store.deliveries()
            #expect(batch.count == 2)
            let plan = DIMSESender.plan(for: batch + batch, transcodes: false)
            #expect(plan.groups.map { $0.contexts.map(\.id) } == [[1, 3]])
            #expect(DIMSESender.plan(for: batch + batch, transcodes: true).groups.map(\.contexts.count) == [4])
        }
    }
}
