import Foundation
import HilumTesting
import NeuralNetworks
import Testing

@testable import Learning

@Suite struct TrainingRunTests {
    static var recipe: TrainingRecipe {
        var recipe = TrainingRecipe(
            task: "classification", classes: ["first", "second"], data: "tiny", start: "random",
            stages: [.init(side: 32, batch: 4, steps: 12), .init(side: 40, batch: 6, steps: 8)], classWeights: [1, 1])
        recipe.rate = 0.5
        recipe.warmUp = 3
        recipe.averaging = 0.9
        recipe.validationEvery = 5
        return recipe
    }

    /// One process's part of a run.
    struct Process {
        var recipe = TrainingRunTests.recipe
        var task = TinyTask()
        var logEvery = 1
        var checkpointSeconds = 0.0
        var budget: Double?
        /// Stops before this step, as SIGTERM does.
        var stops = Int.max
        /// Ends after so many steps without a word, as SIGKILL does.
        var dies: Int?

        @discardableResult
        func run(
            in folder: URL, engine: TinyEngine? = nil, report: @escaping (TrainingEvent) -> Void = { _ in }
        ) throws -> TrainingOutcome {
            let engine = try engine ?? TinyEngine(TinyNetwork.parameters())
            engine.dies = dies
            var options = TrainingRun.Options(threads: 1)
            (options.logEvery, options.checkpointSeconds, options.budget) = (logEvery, checkpointSeconds, budget)
            // A second for each look at the clock.
            let clock = Counter()
            let asked = Counter()
            return try TrainingRun(
                task: task, engine: engine, recipe: recipe, folder: WorkFolder(folder), options: options,
                clock: { Double(clock.next()) }, shouldStop: { [stops] in asked.next() >= stops }, report: report
            ).run()
        }
    }

    struct Line: Decodable, Equatable {
        var step: Int
        var side: Int?
        var loss: Float?
        var rate: Float?
        var validation: ValidationResult?
    }

    static func history(_ folder: URL) throws -> [Line] {
        try String(contentsOf: folder.appending(path: "history.jsonl"), encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    @Test("A run learns, and its history has losses, rates, sides and validations")
    func history() throws {
        try Workplace.withTemporaryFolder { folder in
            let outcome = try Process().run(in: folder)
            guard case .finished = outcome else { return #expect(Bool(false), "\(outcome)") }
            let lines = try Self.history(folder)
            let steps = lines.filter { $0.loss != nil }
            #expect(steps.map(\.step) == Array(1...20))
            #expect(steps.map(\.side) == Array(repeating: 32, count: 12) + Array(repeating: 40, count: 8))
            #expect(try #require(steps.last?.loss) < #require(steps.first?.loss))
            #expect(lines.filter { $0.validation != nil }.map(\.step) == [5, 10, 15, 20])
        }
    }

    @Test("A run that was asked to stop goes on with the losses it would have had", arguments: [1, 6, 7, 14, 19])
    func interrupted(stop: Int) throws {
        try Workplace.withTemporaryFolder { folder in
            let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
            try Process(checkpointSeconds: .infinity).run(in: whole)
            let first = try Process(checkpointSeconds: .infinity, stops: stop).run(in: parts)
            guard case .interrupted = first else { return #expect(Bool(false), "\(first)") }
            try Process().run(in: parts)
            #expect(try Self.history(parts) == Self.history(whole))
        }
    }

    @Test("A run that was killed goes on with the losses it would have had", arguments: [0, 1, 4, 5, 11, 12, 13, 19])
    func killed(step: Int) throws {
        try Workplace.withTemporaryFolder { folder in
            let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
            try Process().run(in: whole)
            // Each process comes a little further; checkpoints lie some steps back.
            for seconds in [12.0, 30, 12] {
                #expect(throws: TinyEngine.Killed.self) {
                    try Process(checkpointSeconds: seconds, dies: step).run(in: parts)
                }
                if step == 0 { break }
                guard try Self.history(parts).last?.step ?? 0 < 20 - step else { break }
            }
            try Process().run(in: parts)
            #expect(try Self.history(parts) == Self.history(whole))
            let files = ["best.safetensors", "last.safetensors"].map { name in
                [whole, parts].map { try? Data(contentsOf: $0.appending(path: name)) }
            }
            #expect(files.allSatisfy { $0[0] != nil && $0[0] == $0[1] })
        }
    }

    @Test("A checkpoint that was being written does not count, and two are kept")
    func halfWritten() throws {
        try Workplace.withTemporaryFolder { folder in
            try Process(stops: 9).run(in: folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.hasPrefix("checkpoint-") && $0.hasSuffix(".json") }.sorted()
            #expect(names.count == 2)
            let newest = folder.appending(path: try #require(names.last))
            let cut = try Data(contentsOf: newest).prefix(100)
            try cut.write(to: newest)
            try Process().run(in: folder)
            let whole = folder.appending(path: "whole")
            try Process().run(in: whole)
            #expect(try Self.history(folder) == Self.history(whole))
        }
    }

    @Test("Checkpoints that can't be read are no reason to begin anew, and what a killed process left goes")
    func unreadable() throws {
        try Workplace.withTemporaryFolder { folder in
            func names() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("checkpoint-") }
            }
            try Process(stops: 9).run(in: folder)
            let left = [".checkpoint-000000003.safetensors.partial", "checkpoint-000000004.safetensors"]
            for name in left { try Data("x".utf8).write(to: folder.appending(path: name)) }
            try Process(stops: 2).run(in: folder)
            #expect(try names().count == 4 && Set(names()).isDisjoint(with: left))
            let history = try Self.history(folder)
            for name in try names() where name.hasSuffix(".json") {
                try Data("{}".utf8).write(to: folder.appending(path: name))
            }
            let error = #expect(throws: LearningError.self) { try Process().run(in: folder) }
            #expect(error?.description.contains("none of its checkpoints can be read") == true)
            #expect(try Self.history(folder) == history)
            try TrainingRun.forget(WorkFolder(folder))
            #expect(try names().isEmpty)
        }
    }

    @Test("A run with other settings is refused, and the setting is named")
    func otherSettings() throws {
        try Workplace.withTemporaryFolder { folder in
            try Process(stops: 3).run(in: folder)
            var recipe = Self.recipe
            recipe.decay = 0.5
            let error = #expect(throws: LearningError.self) { try Process(recipe: recipe).run(in: folder) }
            #expect(error?.description.contains("decay 0.0002, not 0.5") == true)
            recipe.decay = Self.recipe.decay
            recipe.clip = 5
            let clip = recipe.difference(from: Self.recipe)
            #expect(clip?.setting == "clip" && clip?.was == "none" && clip?.now == "5.0")
            recipe.clip = nil
            recipe.stages[1].frozen = ["conv1", "bn1"]
            let stages = recipe.difference(from: Self.recipe)
            #expect(stages?.was == "32:4:12,40:6:8" && stages?.now == "32:4:12,40:6:8:conv1+bn1")
            recipe = Self.recipe
            recipe.decay = 0.5
            try TrainingRun.forget(WorkFolder(folder))
            try Process(recipe: recipe).run(in: folder)
        }
    }

    @Test("The best weights are those of the best validation, and a run without a better one ends")
    func earlyStop() throws {
        try Workplace.withTemporaryFolder { folder in
            var process = Process()
            process.recipe.patience = 2
            process.recipe.validationEvery = 2
            process.task.scores = [0.1, 0.5, 0.4, 0.3, 0.9]
            var events: [TrainingEvent] = []
            let outcome = try process.run(in: folder) { events.append($0) }
            guard case .finished(let best, _) = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(best == 4)
            #expect(events.contains(.stoppedEarly(step: 8)))
            // Once over, it stays so.
            guard case .finished(4, _) = try process.run(in: folder) else { return #expect(Bool(false)) }
            #expect(try Self.history(folder).last?.step == 8)
        }
    }

    @Test("Layers are frozen as recipe and stage say, and all but the last at the beginning")
    func freezing() throws {
        try Workplace.withTemporaryFolder { folder in
            var process = Process()
            process.recipe.frozen = ["conv1"]
            process.recipe.headFirst = 4
            process.recipe.stages[1].frozen = []
            let engine = try TinyEngine(TinyNetwork.parameters())
            try process.run(in: folder, engine: engine)
            #expect(engine.frozenOverTime == [[], ["conv1"], []])
            #expect(engine.frozenWhenAveraged == [["conv1"], ["conv1"], [], [], []])
        }
        try Workplace.withTemporaryFolder { folder in
            var process = Process()
            process.recipe.frozen = ["conv1"]
            try process.run(in: folder)
            // Nothing is left to be done but to write the weights once more, with the same statistics.
            let again = try TinyEngine(TinyNetwork.parameters())
            try process.run(in: folder, engine: again)
            #expect(again.frozenWhenAveraged == [["conv1"]])
        }
        #expect(ResNet101.network(classes: 2).body == ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4"])
        #expect(FCDenseNet103.network(classes: 3).body == ["stem", "down", "trans", "mid", "ups", "blocks"])
    }

    @Test("Statistics are taken anew as the mean over batches, before the first step")
    func recalibration() throws {
        try Workplace.withTemporaryFolder { folder in
            var process = Process()
            process.recipe.recalibration = 13
            let engine = try TinyEngine(TinyNetwork.parameters())
            try process.run(in: folder, engine: engine)
            #expect(engine.statistics == [1, 1 / 2, 1 / 3])
            try process.run(in: folder, engine: engine)
            #expect(engine.statistics.count == 3)
        }
    }

    @Test("A time budget makes the steps fewer, and the rate falls to its end all the same")
    func budget() throws {
        try Workplace.withTemporaryFolder { folder in
            var process = Process(budget: 240)
            process.recipe.stages = [.init(side: 32, batch: 4, steps: 500)]
            process.recipe.validationEvery = 20
            try process.run(in: folder)
            let steps = try Self.history(folder).filter { $0.loss != nil }
            #expect((21..<120).contains(steps.count))
            #expect(try #require(steps.last?.rate) < 0.01)
        }
    }

    @Test("A loss that is no number ends the run with a sentence")
    func diverged() throws {
        try Workplace.withTemporaryFolder { folder in
            let engine = try TinyEngine(TinyNetwork.parameters())
            engine.losesItsWay = true
            #expect(throws: LearningError.diverged(step: 1, rate: 0.5 / 3)) {
                try Process().run(in: folder, engine: engine)
            }
        }
    }
}
