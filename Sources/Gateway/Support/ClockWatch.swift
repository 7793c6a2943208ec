import Foundation

/// Tells when the wall clock was set: it moved and time did not pass, or the other way round. A lease that ran out so
/// says nothing about its owner.
struct ClockWatch {
    private var last: (wall: Date, passed: Duration)?
    private let tolerance = 1.0

    /// Whether it was set since the last look.
    /// - Parameter passed: by a clock that nobody sets.
    mutating func jumped(wall: Date, passed: Duration) -> Bool {
        defer { last = (wall, passed) }
        guard let last else { return false }
        return abs(wall.timeIntervalSince(last.wall) - (passed - last.passed).seconds) > tolerance
    }
}

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
