import Synchronization

/// How the node stands at the moment, as far as no database tells: its services write, health and metrics read.
public final class NodeStatus: Sendable {
    public struct Value: Hashable, Sendable {
        /// Associations are taken.
        public var isListening = false
        /// The node drains and takes none any more.
        public var isStopping = false
        public var openAssociations = 0
        /// Worker processes as configured, and those that run.
        public var workersWanted = 0
        public var workersRunning = 0
        /// Why workers that start from now on do none of this node's jobs.
        public var bundleProblem: String?

        public init() {}
    }

    private let state = Mutex(Value())

    public init() {}

    public var value: Value { state.withLock { $0 } }

    public func change(_ body: (inout Value) -> Void) { state.withLock { body(&$0) } }
}
