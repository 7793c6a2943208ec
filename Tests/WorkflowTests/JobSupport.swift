@testable import Workflow

extension JobWorkflow {
    static func waiting(_ purpose: Purpose = .analysis) -> JobWorkflow {
        JobTableTests.job(.waiting(.init(attempts: Attempts(from: now), purpose: purpose)))
    }

    /// In the hands of `mine`.
    static func running(_ purpose: Purpose = .analysis) -> JobWorkflow {
        JobTableTests.job(.running(.init(claim: claim, attempts: Attempts(from: now), purpose: purpose)))
    }

    /// Claims the job whenever it is due, and lets each try end by `kind`.
    mutating func tries(_ kind: Cause.Kind, _ count: Int) throws {
        for _ in 0..<count {
            guard case .waiting(let waiting) = state else { return }
            let time = waiting.attempts.nextTry
            _ = try handle(
                .claimed(Claim(owner: mine, at: time, lease: .seconds(120)), recipe: recipe, studyIsBusy: false))
            _ = try handle(.failed(by: mine, Cause(kind, "x"), at: time, random: 0))
        }
    }
}

func handIn(
    _ verdict: JobWorkflow.Verdict = .analysed, _ unread: [JobWorkflow.UnreadImage] = [], by recipe: Recipe = recipe
) -> JobWorkflow.HandIn {
    JobWorkflow.HandIn(recipe: recipe, verdict: verdict, results: images(first), unread: unread)
}
