import Foundation
import HilumTesting
import Logging
import Synchronization
import Testing
import Workflow

@testable import Gateway

struct BundleWatchTests {
    private struct Broken: Error, CustomStringConvertible { let description = "weights are missing" }

    private final class Scene: Sendable {
        init(file: URL) { self.file = file }

        let file: URL
        let clock = HandClock()
        let log = LogDouble()
        /// What a worker would say; nil: that it can't load the bundle.
        let answer = Mutex<Recipe?>(recipe)
        let asked = Mutex(0)
        var lines: Int { log.all.count }
        var questions: Int { asked.withLock { $0 } }

        func change(_ text: String, to bundle: Recipe?) throws {
            answer.withLock { $0 = bundle }
            try Data(text.utf8).write(to: file)
        }

        func look() async {
            clock.advance(by: .seconds(30))
            await clock.waitForSleepers(1)
        }
    }

    private static let other = Recipe(bundle: "other", settings: "s", precision: "f32", software: "1")

    private func withScene(_ body: (Scene, inout AsyncStream<String>.Iterator) async throws -> Void) async throws {
        try await Workplace.inTemporaryFolder { folder in
            let scene = Scene(file: folder.appending(path: "bundle.json"))
            try scene.change("one", to: recipe)
            let watch = BundleWatch(
                folder: folder, former: FolderState(of: folder), recipe: recipe, clock: scene.clock,
                lookEvery: .seconds(30), logger: Logger(label: "test") { _ in scene.log }
            ) {
                scene.asked.withLock { $0 += 1 }
                guard let answer = scene.answer.withLock({ $0 }) else { throw Broken() }
                return answer
            }
            let running = Task { try await watch.run() }
            await scene.clock.waitForSleepers(1)
            var lines = scene.log.lines.makeAsyncIterator()
            try await body(scene, &lines)
            running.cancel()
            try await running.value
        }
    }

    @Test(
        "A warning says that the bundle is another now, or can't be loaded, and none that its files were only touched",
        arguments: [true, false])
    func changes(isWhole: Bool) async throws {
        try await withScene { scene, lines in
            await scene.look()
            #expect(scene.questions == 0)
            try FileManager.default.setAttributes([.modificationDate: Date.distantPast], ofItemAtPath: scene.file.path)
            for _ in 1...3 { await scene.look() }
            #expect(scene.questions == 1 && scene.lines == 0)

            try scene.change("two", to: isWhole ? Self.other : nil)
            for _ in 1...2 { await scene.look() }
            let line = try #require(await lines.next())
            #expect(line.hasPrefix("warning: the model bundle changed under this node: workers that start from now on"))
            #expect(line.contains("weights are missing") == !isWhole)
            #expect(try Troubleshooting.names(line, for: "BundleWatchTests.changes"), "\(line)")
        }
    }

    @Test("Nobody is asked in the middle of a copy, which looks different every time")
    func copies() async throws {
        try await withScene { scene, _ in
            for size in 1...4 {
                try scene.change(String(repeating: "x", count: 10 * size), to: nil)
                await scene.look()
            }
            #expect(scene.questions == 0)
            scene.answer.withLock { $0 = Self.other }
            await scene.look()
            #expect(scene.questions == 1 && scene.lines == 1)
        }
    }

    @Test("It goes on watching, and speaks again only when the answer is another")
    func answers() async throws {
        try await withScene { scene, lines in
            let story: [(text: String, bundle: Recipe?, says: String?)] = [
                (
                    "half", nil,
                    "warning: the model bundle changed under this node: workers that start from now on can't load it"
                ),
                ("halves", nil, nil),
                (
                    "whole", Self.other,
                    "warning: the model bundle changed under this node: workers that start from now on have another"
                ),
                ("as it was", recipe, "notice: the model bundle is again the one that this node started with"),
            ]
            var said = 0
            for chapter in story {
                try scene.change(chapter.text, to: chapter.bundle)
                for _ in 1...3 { await scene.look() }
                said += chapter.says == nil ? 0 : 1
                #expect(scene.lines == said)
                guard let says = chapter.says, scene.lines == said else { continue }
                #expect(await lines.next()?.hasPrefix(says) == true)
            }
            #expect(scene.questions == story.count)
        }
    }
}
