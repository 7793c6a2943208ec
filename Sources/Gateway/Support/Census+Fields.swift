public import GatewayStore
public import Logging
import Workflow

extension Census {
    /// As lines of the log have it, when a node starts and when it has stopped.
    public var fields: Logger.Metadata {
        [
            "studies": "\(studies.values.reduce(0, +))", "jobs_waiting": "\(jobs[.waiting] ?? 0)",
            "jobs_parked": "\(jobs[.parked] ?? 0)", "undelivered": "\(undelivered)",
        ]
    }
}
