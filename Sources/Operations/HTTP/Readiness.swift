import Gateway
import GatewayStore

/// Whether a node does what it is for, and if not, what keeps it from it.
struct Readiness: Hashable, Sendable {
    enum Name: String, CaseIterable, Hashable, Sendable { case listener, database, space, workers, bundle }

    struct Check: Hashable, Sendable {
        var name: Name
        /// A sentence for the operator; nil where all is well.
        var problem: String?
    }

    let checks: [Check]

    var problems: [String] { checks.compactMap { check in check.problem.map { "\(check.name.rawValue): \($0)" } } }
    var isReady: Bool { checks.allSatisfy { $0.problem == nil } }

    /// - Parameters:
    ///   - database: why it can't be used; nil where it can.
    ///   - space: nil where the store's folder can't be looked at.
    ///   - lowWatermark: bytes that must stay free.
    init(_ status: NodeStatus.Value, database: String?, space: StorageSpace?, lowWatermark: Int64) {
        checks = [
            Check(name: .listener, problem: Self.listener(status)),
            Check(name: .database, problem: database),
            Check(name: .space, problem: Self.space(space, lowWatermark)),
            Check(name: .workers, problem: Self.workers(status)),
            Check(
                name: .bundle,
                problem: status.bundleProblem.map { "\($0); restart the node, or put the former files back" }),
        ]
    }

    private static func listener(_ status: NodeStatus.Value) -> String? {
        if status.isStopping { return "the node is stopping and takes no associations" }
        return status.isListening ? nil : "no associations are taken yet; the node is starting"
    }

    private static func space(_ space: StorageSpace?, _ lowWatermark: Int64) -> String? {
        guard let space else { return "the storage folder can't be looked at; see whether its disk is mounted" }
        guard space.free < lowWatermark else { return nil }
        return "\(space.free) bytes are free and \(lowWatermark) must stay so (storage.low_watermark): objects are "
            + "refused until there is room"
    }

    private static func workers(_ status: NodeStatus.Value) -> String? {
        guard status.workersWanted > 0, status.workersRunning == 0 else { return nil }
        return
            "none of the \(status.workersWanted) worker processes runs: nothing is analysed; the log says why they end"
    }
}
