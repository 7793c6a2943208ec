import Foundation
import GatewayStore
import HilumTesting
import Testing
import Workflow

@testable import Gateway

@Suite("A clock that was set holds nobody up")
struct ClockServiceTests {
    @Test("What waits for another try is due once the clock was put back, and not because time passes")
    func putBack() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let job = try #require(try node.claimJob(worker: "w", lease: 60))
            try node.store.fail(job: job.id, by: job.owner, Cause(.diskFull, "x"))
            let clock = HandClock()
            let (signals, signal) = AsyncStream<Void>.makeStream()
            let service = ClockService(
                store: node.store, clock: clock, wall: { node.calendar.now }, logger: quiet
            ) { signal.yield() }
            let running = Task { try await service.run() }
            await clock.waitForSleepers(1)

            node.calendar.advance(1)
            clock.advance(by: .seconds(1))
            await clock.waitForSleepers(1)
            #expect(try node.claimJob(worker: "w", lease: 60) == nil)

            node.calendar.advance(-300)
            clock.advance(by: .seconds(1))
            for await _ in signals { break }
            #expect(try node.claimJob(worker: "w", lease: 60)?.id == job.id)
            running.cancel()
            try await running.value
        }
    }
}
