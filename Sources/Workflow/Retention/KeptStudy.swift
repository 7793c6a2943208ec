/// What of a study takes space.
public enum StudyPart: String, CaseIterable, Codable, Hashable, Sendable {
    /// The objects that came.
    case sources
    /// Result objects and findings.
    case results
}

/// What the rules of retention have to know of a study.
public struct KeptStudy: Hashable, Sendable {
    public struct Deliveries: Hashable, Sendable {
        /// Of the newest revision.
        public var current: DeliveryCount
        /// Of the newest revision: refused for good, and neither retried nor dropped. Among those given up.
        public var currentRefused: Int
        /// Likewise of any revision.
        public var refused: Int
        /// Of any revision: waiting or being sent.
        public var waiting: Int

        public init(current: DeliveryCount, currentRefused: Int = 0, refused: Int = 0, waiting: Int = 0) {
            self.current = current
            self.currentRefused = currentRefused
            self.refused = refused
            self.waiting = waiting
        }
    }

    public var state: StudyWorkflow.State.Name
    /// Of the newest revision; nil where there is none.
    public var job: JobWorkflow.State.Name?
    /// Some revision's job waits, runs or is parked.
    public var hasOpenJob: Bool
    /// Objects beside it that came under the same UIDs with other bytes.
    public var setAside: Int
    public var deliveries: Deliveries
    /// Whether there are destinations at all.
    public var hasDestinations: Bool
    /// When the last destination accepted the last document; where nothing was to be sent, when its job ended; later where
    /// objects came, or came again, after that.
    public var since: Timestamp

    public init(
        state: StudyWorkflow.State.Name, job: JobWorkflow.State.Name?, hasOpenJob: Bool = false, setAside: Int = 0,
        deliveries: Deliveries, hasDestinations: Bool = true, since: Timestamp
    ) {
        self.state = state
        self.job = job
        self.hasOpenJob = hasOpenJob
        self.setAside = setAside
        self.deliveries = deliveries
        self.hasDestinations = hasDestinations
        self.since = since
    }

    /// Every destination has accepted every current document. A study that can't be analysed and that no destination wants
    /// to hear of has none.
    var isDelivered: Bool {
        deliveries.current.isComplete
            || hasDestinations && state == .notAnalysable && deliveries.current == DeliveryCount()
    }
}
