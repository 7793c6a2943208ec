import Diagnosis
import Dispatch

/// Seconds by stage, in the order in which stages began.
struct Stages {
    private(set) var seconds: [NamedValue] = []

    /// The stages beside those that the pipeline measures itself.
    enum Name: String {
        /// Of headers.
        case read
        /// Pixels to planes.
        case decode
        case report
        case picture
    }

    mutating func measure<Result>(_ name: Name, _ body: () throws -> Result) rethrows -> Result {
        let start = DispatchTime.now().uptimeNanoseconds
        defer { add(name.rawValue, Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9) }
        return try body()
    }

    mutating func add(_ other: [NamedValue]) {
        for stage in other { add(stage.name, stage.value) }
    }

    private mutating func add(_ name: String, _ value: Double) {
        if let index = seconds.firstIndex(where: { $0.name == name }) {
            seconds[index].value += value
        } else {
            seconds.append(NamedValue(name: name, value: value))
        }
    }
}
