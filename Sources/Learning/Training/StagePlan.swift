/// Which stage each step belongs to. A time budget may shorten stages that are not over.
struct StagePlan: Codable, Equatable, Sendable {
    private(set) var stages: [TrainingStage]

    init(_ stages: [TrainingStage]) { self.stages = stages }

    var steps: Int { stages.reduce(0) { $0 + $1.steps } }

    /// In pixels.
    var work: Int { stages.reduce(0) { $0 + $1.steps * $1.work } }

    /// The stage of a step, and how many of its steps came before.
    func place(of step: Int) -> (stage: Int, steps: Int)? {
        var first = 0
        for (index, stage) in stages.enumerated() {
            if step < first + stage.steps { return (index, step - first) }
            first += stage.steps
        }
        return nil
    }

    /// Of all steps before this one.
    func work(before step: Int) -> Int {
        var (left, work) = (step, 0)
        for stage in stages {
            work += min(left, stage.steps) * stage.work
            left -= min(left, stage.steps)
        }
        return work
    }

    /// Images of all steps before this one.
    func images(before step: Int) -> Int {
        var (left, images) = (step, 0)
        for stage in stages {
            images += min(left, stage.steps) * stage.batch
            left -= min(left, stage.steps)
        }
        return images
    }

    /// The plan whose steps from `step` on are what `original` has left, cut down evenly to an amount of work.
    /// - Parameter work: in pixels, that can still be done.
    func fitted(to work: Double, from step: Int, original: StagePlan) -> StagePlan {
        guard let here = place(of: step) else { return self }
        var wanted = original.stages.enumerated().map { index, stage in
            index < here.stage ? 0 : max(0, stage.steps - (index == here.stage ? here.steps : 0))
        }
        let full = zip(wanted, stages).reduce(0.0) { $0 + Double($1.0 * $1.1.work) }
        let share = full > 0 ? min(1, max(0, work / full)) : 0
        wanted = wanted.map { Int((Double($0) * share).rounded(.down)) }
        var plan = self
        for index in here.stage..<stages.count {
            plan.stages[index].steps = wanted[index] + (index == here.stage ? here.steps : 0)
        }
        return plan
    }
}
