import Foundation
import HilumTesting
import Logging
import Synchronization
import Testing
import Workflow

@testable import Gateway

struct BundleWatchTests {
    /// What is logged, as it comes.
    private final class Log: LogHandler {
        let lines: AsyncStream<String>
        let count = Mutex(0)
        private let continuation: AsyncStream<String>.Continuation
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }
        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        init() { (lines, continuation) = AsyncStream.makeStream() }

        func log(event: LogEvent) {
            count.withLock { $0 += 1 }
            continuation.yield("\(event.level): \(event.message)")
        }
    }

    private struct Broken: Error, CustomStringConvertible { let description = "weights are missing" }

    @Test(
        "One line says that the bundle is another now, or can't be loaded, and none that its files were only touched",
        arguments: [true, false])
    func changes(isWhole: Bool) async throws {
        try await Workplace.inTemporaryFolder { folder in
            let file = folder.appending(path: "bundle.json")
            try Data("one".utf8).write(to: file)
            let (clock, log) = (HandClock(), Log())
            let isOther = Mutex(false)
            let asked = Mutex(0)
            let watch = BundleWatch(
                folder: folder, former: FolderState(of: folder), recipe: recipe, clock: clock,
                lookEvery: .seconds(30), logger: Logger(label: "test") { _ in log }
            ) {
                asked.withLock { $0 += 1 }
                guard isOther.withLock({ $0 }) else { return recipe }
                if !isWhole { throw Broken() }
                return Recipe(bundle: "other", settings: "s", precision: "f32", software: "1")
            }
            let running = Task { try await watch.run() }
            await clock.waitForSleepers(1)
            clock.advance(by: .seconds(30))
            await clock.waitForSleepers(1)
            #expect(asked.withLock { $0 } == 0)

            try FileManager.default.setAttributes([.modificationDate: Date.distantPast], ofItemAtPath: file.path)
            clock.advance(by: .seconds(30))
            await clock.waitForSleepers(1)
            #expect(asked.withLock { $0 } == 1 && log.count.withLock { $0 } == 0)

            isOther.withLock { $0 = true }
            try Data("two".utf8).write(to: file)
            clock.advance(by: .seconds(30))
            var lines = log.lines.makeAsyncIterator()
            let line = try #require(await lines.next())
            #expect(line.hasPrefix("warning: the model bundle changed under this node: workers that start from now on"))
            #expect(line.contains("weights are missing") == !isWhole)
            // It has said it: nobody looks any more.
            await clock.waitForSleepers(0)
            running.cancel()
            try await running.value
            #expect(log.count.withLock { $0 } == 1)
        }
    }
}
