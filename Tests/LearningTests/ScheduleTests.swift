import Testing

@testable import Learning

@Suite struct ScheduleTests {
    @Test("Without warm-up the cosine is PyTorch's")
    func cosine() throws {
        for (step, expected) in try TrainingFixture.load().cosine.enumerated() {
            let rate = RateSchedule.cosine.rate(0.008, done: Double(step) / 50, step: step, warmUp: 0)
            #expect(abs(rate - expected) < 1e-8)
        }
    }

    @Test("The rate rises evenly, and steps down where it is told")
    func others() throws {
        #expect(RateSchedule.constant.rate(1, done: 0, step: 0, warmUp: 4) == 0.25)
        #expect(RateSchedule.constant.rate(1, done: 0.9, step: 4, warmUp: 4) == 1)
        let steps = try RateSchedule("step:0.3,0.6")
        let rates = [0, 0.29, 0.3, 0.59, 0.6].map { steps.rate(1, done: $0, step: 99, warmUp: 0) }
        #expect(zip(rates, [1, 1, 0.1, 0.1, 0.01]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(try RateSchedule("step") == .step([0.5, 0.75]))
        for word in ["", "linear", "step:2", "step:a", "cosine:1"] {
            #expect(throws: LearningError.self) { try RateSchedule(word) }
        }
    }

    @Test("Stages are read, and what is none is refused")
    func stages() throws {
        let stages = try TrainingStage.stages("96:32:100,128:16:50:conv1+layer1")
        #expect(
            stages == [
                .init(side: 96, batch: 32, steps: 100),
                .init(side: 128, batch: 16, steps: 50, frozen: ["conv1", "layer1"]),
            ])
        for word in ["", "96", "96:32", "96:1:5", "8:32:5", "96:32:0", "96:32:5,", "96:32:5:a:b", "a:b:c"] {
            #expect(throws: LearningError.self) { try TrainingStage.stages(word) }
        }
    }

    @Test("A step's stage, work and images follow from the plan")
    func plan() {
        let plan = StagePlan([.init(side: 32, batch: 2, steps: 3), .init(side: 64, batch: 4, steps: 2)])
        #expect((0..<6).map { plan.place(of: $0)?.stage } == [0, 0, 0, 1, 1, nil])
        #expect((0..<6).map { plan.images(before: $0) } == [0, 2, 4, 6, 10, 14])
        let small = 32 * 32 * 2
        #expect((0..<6).map { plan.work(before: $0) / small } == [0, 1, 2, 3, 11, 19])
    }

    @Test("A plan is cut to the work that can still be done, and grows back to what was wanted")
    func cut() {
        let original = StagePlan([.init(side: 32, batch: 2, steps: 10), .init(side: 32, batch: 2, steps: 10)])
        let work = Double(32 * 32 * 2)
        let half = original.fitted(to: 8 * work, from: 4, original: original)
        // 16 steps are left, 8 can be done: 3 and 5.
        #expect(half.stages.map(\.steps) == [4 + 3, 5])
        #expect(half.fitted(to: 100 * work, from: 6, original: original) == original)
        #expect(original.fitted(to: -5, from: 12, original: original).steps == 12)
    }
}
