import DICOMCore
import Foundation
import GatewayStore
import HilumTesting
import Synchronization
import Testing
import Workflow

@testable import Gateway

struct WorkerLoopTests {
    private func loop(_ node: Node, poison: Set<String> = []) -> WorkerLoop {
        WorkerLoop(
            store: node.store, analyst: AnalystDouble(poison: poison), comparer: ComparerDouble(),
            owner: node.owner("w"), logger: quiet)
    }

    @Test func aJobBecomesAReportInTheOutbox() async throws {
        try await withNode { node async throws in
            try node.store.setDestinations([
                DestinationRecord(name: "p", kinds: [.report], reportClasses: AnalystDouble.reportClasses)
            ])
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            #expect(try loop(node).turn() == .done(job: 1))
            #expect(try loop(node).turn() == .nothingToDo)
            #expect(try node.store.deliveries().map(\.object.sopClass) == [AnalystDouble.reportClasses[0]])
        }
    }

    @Test func aPoisonStudyIsParkedWithItsReasonAndOthersGoOn() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try await node.receive("1.2.4.1", study: "1.2.4")
            try node.close("1.2.3")
            node.calendar.advance(1)
            try node.close("1.2.4")
            let loop = loop(node, poison: ["1.2.3"])
            #expect(try loop.turn() == .failed(job: 1, reason: "the network is ill"))
            #expect(try loop.turn() == .done(job: 2))
            for _ in 2...3 {
                node.calendar.advance(60)
                #expect(try loop.turn() == .failed(job: 1, reason: "the network is ill"))
            }
            let study = try #require(try node.store.study(UID(known: "1.2.3")))
            #expect(study.state == .failed && study.reason == "the network is ill")
        }
    }

    @Test(arguments: [
        StoreError.system(call: "write", path: "results", code: ENOSPC), .database(message: "full", code: 13),
        .notEnoughRoom(path: "results", free: 1, wanted: 2),
    ])
    func aFullDiskCostsNoTry(error: StoreError) async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let trouble = Mutex<StoreError?>(error)
            let analyst = AnalystDouble(trouble: { trouble.withLock { $0 } })
            let loop = WorkerLoop(
                store: node.store, analyst: analyst, comparer: ComparerDouble(), owner: node.owner("w"),
                logger: quiet)
            for _ in 1...5 {
                #expect(try loop.turn() == .postponed(job: 1, reason: "\(error)"))
                node.calendar.advance(60)
            }
            #expect(try node.store.study(UID(known: "1.2.3"))?.state == .waiting)
            trouble.withLock { $0 = nil }
            #expect(try loop.turn() == .done(job: 1))
        }
    }

    @Test("A finished result waits for a locked database")
    func aResultWaits() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let guest = try Store(folder: node.store.folder, role: .guest, busyTimeout: 0.01)
            let lock = try DatabaseLock(node.store.layout.database)
            let waits = Mutex(0)
            let analyst = AnalystDouble(trouble: {
                lock.take()
                return nil
            })
            let loop = WorkerLoop(
                store: guest, analyst: analyst, comparer: ComparerDouble(), owner: node.owner("w"), logger: quiet,
                sleep: { _ in
                    if waits.withLock({
                        $0 += 1
                        return $0
                    }) == 3 {
                        lock.release()
                    }
                })
            #expect(try loop.turn() == .done(job: 1))
            #expect(waits.withLock { $0 } == 3)
        }
    }

    @Test("An image that is not read is tried twice, and stands in the result only when its file is what came")
    func unreadImages() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let rounds = Mutex(0)
            let image = try #require(try node.spooled().first)
            let away = image.appendingPathExtension("away")
            let analyst = AnalystDouble(unread: {
                // The first time the file goes away in the middle of the work.
                if rounds.withLock({
                    $0 += 1
                    return $0
                }) == 1 {
                    try? FileManager.default.moveItem(at: image, to: away)
                }
                return [UID(known: "1.2.3.1")]
            })
            let loop = WorkerLoop(
                store: node.store, analyst: analyst, comparer: ComparerDouble(), owner: node.owner("w"), logger: quiet)
            guard case .postponed = try loop.turn() else {
                Issue.record("a passing fault became a verdict")
                return
            }
            try FileManager.default.moveItem(at: away, to: image)
            node.calendar.advance(60)
            #expect(try loop.turn() == .done(job: 1))
            #expect(rounds.withLock { $0 } == 3)
        }
    }

    @Test("The first try that damages its process has failed, whatever it made, and the session ends after it")
    func aDamagedProcess() async throws {
        try await withNode { node async throws in
            try node.store.setDestinations([
                DestinationRecord(name: "p", kinds: [.report], reportClasses: AnalystDouble.reportClasses)
            ])
            try await node.receive("1.2.3.1")
            try await node.receive("1.2.4.1", study: "1.2.4")
            try node.close("1.2.3")
            node.calendar.advance(1)
            try node.close("1.2.4")
            let isBroken = Mutex(false)
            let analyst = AnalystDouble(trouble: {
                isBroken.withLock { $0 = true }
                return nil
            })
            let loop = WorkerLoop(
                store: node.store, analyst: analyst, comparer: ComparerDouble(), owner: node.owner("w"), logger: quiet,
                damage: { isBroken.withLock { $0 ? "a codec broke" : nil } })
            let reason = "a codec broke, after which its worker ends"
            let session = WorkerSession(loop: loop, limits: WorkerLimits(seconds: 1 << 30), isSupervised: false)
            var words: [WorkerWord] = []
            #expect(throws: GatewayError.damagedWorker("a codec broke")) { try session.run { words.append($0) } }
            // It has not begun the second.
            #expect(words == [.begins, .ends("failed(job: 1, reason: \"\(reason)\")")])
            let jobs = try node.store.jobs().sorted { $0.id < $1.id }
            #expect(jobs.map(\.state) == [.waiting, .waiting] && jobs.map(\.failures) == [1, 0])
            #expect(jobs.first?.reason == reason)
            #expect(try node.store.deliveries().isEmpty)
        }
    }

    @Test("What damages a fresh process again is the image's own: the result is kept, and that session ends too")
    func theSameDamageAgain() async throws {
        try await withNode { node async throws in
            try node.store.setDestinations([
                DestinationRecord(name: "p", kinds: [.report], reportClasses: AnalystDouble.reportClasses)
            ])
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            #expect(
                try damaged(node, "a codec broke").turn()
                    == .failed(job: 1, reason: "a codec broke, after which its worker ends"))
            node.calendar.advance(60)
            let session = WorkerSession(
                loop: damaged(node, "a codec broke"), limits: WorkerLimits(seconds: 1 << 30), isSupervised: false)
            var words: [WorkerWord] = []
            #expect(throws: GatewayError.damagedWorker("a codec broke")) { try session.run { words.append($0) } }
            #expect(words == [.begins, .ends("done(job: 1)")])
            #expect(try node.store.deliveries().count == 1)
        }
    }

    @Test("Another damage than the former try's is a failed try, and on the last try any result is kept")
    func anotherDamage() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            for invariant in ["one", "another"] {
                let turn = try damaged(node, invariant).turn()
                #expect(turn == .failed(job: 1, reason: "\(invariant), after which its worker ends"))
                node.calendar.advance(60)
            }
            #expect(try damaged(node, "a third").turn() == .done(job: 1))
        }
    }

    /// In a process of its own, which the job's images damage.
    private func damaged(_ node: Node, _ damage: String) -> WorkerLoop {
        let isBroken = Mutex(false)
        let analyst = AnalystDouble(
            trouble: {
                isBroken.withLock { $0 = true }
                return nil
            }, unread: { [UID(known: "1.2.3.1")] })
        return WorkerLoop(
            store: node.store, analyst: analyst, comparer: ComparerDouble(), owner: node.owner("w"), logger: quiet,
            damage: { isBroken.withLock { $0 ? damage : nil } })
    }

    @Test("A comparison that damages its process is no verdict about the set-aside object")
    func aDamagedComparison() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try await node.receive("1.2.3.1", study: "1.2.4")
            let loop = WorkerLoop(
                store: node.store, analyst: AnalystDouble(), comparer: ComparerDouble(), owner: node.owner("w"),
                logger: quiet, damage: { "a codec broke" })
            #expect(try loop.turn() == .compared(aside: 1))
            #expect(try node.store.asideObjects().map(\.state) == [.waiting])
        }
    }

    @Test func setAsideObjectsAreCompared() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try await node.receive("1.2.3.1", study: "1.2.4")
            #expect(try loop(node).turn() == .compared(aside: 1))
            #expect(try node.store.asideObjects().isEmpty)
        }
    }
}

struct WorkerWordTests {
    @Test func wordsComeBackFromTheirLines() {
        for word in [WorkerWord.begins, .ends("done(job: 1)"), .ends("")] {
            #expect(WorkerWord(line: word.line) == word)
        }
        #expect(WorkerWord(line: "beginning") == nil)
    }

    @Test func aWorkerSaysWhenItBeginsBeforeItWorks() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let loop = WorkerLoop(
                store: node.store, analyst: AnalystDouble(), comparer: ComparerDouble(), owner: node.owner("w"),
                logger: quiet)
            var states: [JobState] = []
            _ = try loop.turn { states = (try? node.store.jobs().map(\.state)) ?? [] }
            #expect(states == [.running])
            _ = try loop.turn { Issue.record("there was nothing to begin") }
        }
    }
}

/// A worker that does nothing until a test ends it.
private final class RunningDouble: RunningWorker {
    private let (ends, ended) = AsyncStream<Cause?>.makeStream()
    private let looks = Mutex(0)
    let name: String
    let say: @Sendable (String) -> Void

    init(name: String, say: @escaping @Sendable (String) -> Void) { (self.name, self.say) = (name, say) }

    func look() { looks.withLock { $0 += 1 } }
    func finish() { die(nil) }
    func kill() { die(Cause(.killed, "killed")) }
    func die(_ cause: Cause?) {
        ended.yield(cause)
        ended.finish()
    }
    func end() async -> Cause? {
        for await cause in ends { return cause }
        return nil
    }
}

private final class LauncherDouble: WorkerLauncher {
    private let continuation: AsyncStream<RunningDouble>.Continuation
    let launched: AsyncStream<RunningDouble>

    init() { (launched, continuation) = AsyncStream.makeStream() }

    func launch(name: String, said: @escaping @Sendable (String) -> Void) throws -> any RunningWorker {
        let worker = RunningDouble(name: name, say: said)
        continuation.yield(worker)
        return worker
    }
}

struct SupervisorTests {
    @Test func aKilledWorkersJobIsTriedAgainByItsSuccessor() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let (launcher, status) = (LauncherDouble(), NodeStatus())
            let supervisor = WorkerSupervisor(
                store: node.store, launcher: launcher, count: 1, prefix: "t", clock: HandClock(), status: status,
                logger: quiet, said: { _ in })
            let running = Task { try await supervisor.run() }
            var workers = launcher.launched.makeAsyncIterator()
            let launchedFirst = await workers.next()
            let first = try #require(launchedFirst)
            _ = try #require(try node.claimJob(worker: first.name, lease: 3600))
            first.die(Cause(.killed, "the worker was killed (signal 9)"))
            let launchedSecond = await workers.next()
            let second = try #require(launchedSecond)
            #expect(second.name != first.name)
            while status.value.workersRunning != 1 { await Task.yield() }
            node.calendar.advance(5)
            let job = try #require(try node.claimJob(worker: second.name, lease: 3600))
            #expect(job.tries == 1)
            #expect(try node.store.jobs().first?.reason == "the worker was killed (signal 9)")

            running.cancel()
            try await running.value
            #expect(status.value.workersWanted == 1 && status.value.workersRunning == 0)
            // The stop gave the claim back, and it did not count.
            #expect(try node.claimJob(worker: "x", lease: 60)?.tries == 1)
        }
    }

    @Test("A worker that hangs is ended, its try has failed, and one that waits for work is left alone")
    func aHangingWorkerIsEnded() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let (launcher, clock) = (LauncherDouble(), HandClock())
            let supervisor = WorkerSupervisor(
                store: node.store, launcher: launcher, count: 1, prefix: "t", longestWork: .seconds(60), clock: clock,
                logger: quiet, said: { _ in })
            let running = Task { try await supervisor.run() }
            var workers = launcher.launched.makeAsyncIterator()
            let launchedFirst = await workers.next()
            let first = try #require(launchedFirst)
            first.say("begins")
            first.say("ends done(job: 0)")
            await clock.waitForSleepers(0)
            clock.advance(by: .seconds(3600))
            _ = try #require(try node.claimJob(worker: first.name, lease: 86_400))
            first.say("begins")
            await clock.waitForSleepers(1)
            clock.advance(by: .seconds(59))
            #expect(try node.store.jobs().map(\.state) == [.running])
            clock.advance(by: .seconds(1))
            let launchedSecond = await workers.next()
            #expect(launchedSecond != nil)
            let job = try #require(try node.store.jobs().first)
            #expect(job.state == .waiting && job.failures == 1)
            #expect(job.reason == "it took longer than 60 s (analysis.job_wall_seconds)")
            #expect(try Troubleshooting.names(job.reason ?? "", for: "WorkerTests.aHangingWorkerIsEnded"))
            running.cancel()
            try await running.value
        }
    }

    @Test func aRealProcessThatIsKilledSaysSo() async throws {
        let launcher = ProcessLauncher(executable: URL(filePath: "/bin/sh")) { _ in
            ["-c", "echo ready; read line; kill -9 $$"]
        }
        let (lines, said) = AsyncStream<String>.makeStream()
        let worker = try launcher.launch(name: "w") { said.yield($0) }
        for await line in lines {
            #expect(line == "ready")
            break
        }
        worker.look()
        let cause = await worker.end()
        #expect(cause?.kind == .killed)
        #expect(
            try Troubleshooting.names(cause?.text ?? "", for: "WorkerTests.aRealProcessThatIsKilledSaysSo"))
    }

    @Test func aProcessThatDoesNotReadHoldsNobodyUp() async throws {
        let launcher = ProcessLauncher(executable: URL(filePath: "/bin/sleep")) { _ in ["3600"] }
        let worker = try launcher.launch(name: "w") { _ in }
        // More than a pipe holds.
        for _ in 1...20_000 { worker.look() }
        worker.kill()
        #expect(await worker.end()?.kind == .killed)
    }

    @Test func aRealProcessEndsWhenItsInputDoes() async throws {
        let launcher = ProcessLauncher(executable: URL(filePath: "/bin/cat")) { _ in [] }
        let worker = try launcher.launch(name: "w") { _ in }
        worker.finish()
        #expect(await worker.end() == nil)
    }
}
