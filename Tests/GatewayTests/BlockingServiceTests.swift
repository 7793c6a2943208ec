import Dispatch
import Foundation
import ServiceLifecycle
import Synchronization
import Testing

@testable import Gateway

@Suite("Services that block keep nobody else waiting", .timeLimit(.minutes(5)))
struct BlockingServiceTests {
    /// Blocks a thread in two tasks, until it is told to go on.
    private struct Blocked: Service {
        let entered: AsyncStream<Void>.Continuation
        let gate: DispatchSemaphore

        func run() async throws {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        entered.yield()
                        gate.wait()
                    }
                }
            }
        }
    }

    /// More than there are threads in Swift's pool, which would stand still with all of them waiting.
    @Test func moreBlockedTasksThanProcessorsLeaveThePoolToOthers() async throws {
        let (entered, continuation) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        let services = 2 * ProcessInfo.processInfo.activeProcessorCount
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<services {
                group.addTask {
                    try await BlockingService(service: Blocked(entered: continuation, gate: gate)).run()
                }
            }
            var count = 0
            for await _ in entered {
                count += 1
                if count == 2 * services { break }
            }
            for _ in 0..<2 * services { gate.signal() }
            try await group.waitForAll()
        }
    }
}
