import Dispatch

/// Seconds by stage, in the order in which stages began.
struct StageTimer {
    private(set) var stages: [NamedValue] = []

    mutating func measure<Result>(_ stage: String, _ body: () throws -> Result) rethrows -> Result {
        let start = DispatchTime.now().uptimeNanoseconds
        let result = try body()
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        if let index = stages.firstIndex(where: { $0.name == stage }) {
            stages[index].value += seconds
        } else {
            stages.append(NamedValue(name: stage, value: seconds))
        }
        return result
    }
}
