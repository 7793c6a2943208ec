import Foundation

/// How the rate falls over a run.
public enum RateSchedule: Codable, Equatable, Sendable {
    case constant
    /// Half a cosine down to nothing (Loshchilov and Hutter 2017, without restarts).
    case cosine
    /// A tenth from each of these shares of the work on.
    case step([Double])

    /// - Parameter text: `constant`, `cosine`, `step` (at half and three quarters of the work) or `step:0.5,0.75`.
    /// - Throws: ``LearningError/setting(_:)``
    public init(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("constant", 1): self = .constant
        case ("cosine", 1): self = .cosine
        case ("step", 1): self = .step([0.5, 0.75])
        case ("step", 2):
            let words = parts[1].split(separator: ",", omittingEmptySubsequences: false)
            let shares = words.compactMap { Double($0) }.filter { $0 > 0 && $0 < 1 }
            guard shares.count == words.count else { throw Self.problem(text) }
            self = .step(shares)
        default: throw Self.problem(text)
        }
    }

    private static func problem(_ text: String) -> LearningError {
        .setting("--schedule is constant, cosine, step or step:0.5,0.75 (shares of the work), not '\(text)'")
    }

    /// - Parameters:
    ///   - done: share of the run's work that was done before this step, 0…1.
    ///   - step: from 0.
    ///   - warmUp: steps in which the rate rises evenly to its largest.
    func rate(_ largest: Float, done: Double, step: Int, warmUp: Int) -> Float {
        let rise = warmUp > 0 ? min(1, Float(step + 1) / Float(warmUp)) : 1
        let share: Double =
            switch self {
            case .constant: 1
            case .cosine: 0.5 * (1 + cos(.pi * min(1, max(0, done))))
            case .step(let shares): pow(0.1, Double(shares.count { done >= $0 }))
            }
        return largest * rise * Float(share)
    }
}
