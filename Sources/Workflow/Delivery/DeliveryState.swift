extension DeliveryWorkflow {
    /// Where a document stands on its way to a destination.
    public enum State: Hashable, Sendable {
        case waiting(Waiting)
        case sending(Sending)
        /// The destination accepted it.
        case delivered(Delivered)
        /// Refused for good: the operator decides.
        case dead(Dead)
        /// The operator gave it up.
        case dropped(Dropped)
    }

    public struct Waiting: Hashable, Sendable {
        public var rendition: Rendition
        public var attempts: Attempts

        public init(rendition: Rendition, attempts: Attempts) {
            self.rendition = rendition
            self.attempts = attempts
        }
    }

    public struct Sending: Hashable, Sendable {
        public var claim: Claim
        public var rendition: Rendition
        public var attempts: Attempts

        public init(claim: Claim, rendition: Rendition, attempts: Attempts) {
            self.claim = claim
            self.rendition = rendition
            self.attempts = attempts
        }
    }

    public struct Delivered: Hashable, Sendable {
        public var rendition: Rendition
        /// What the destination said beside Success.
        public var warning: String?
        public var at: Timestamp

        public init(rendition: Rendition, warning: String?, at: Timestamp) {
            self.rendition = rendition
            self.warning = warning
            self.at = at
        }
    }

    public struct Dead: Hashable, Sendable {
        public var rendition: Rendition
        public var reason: String
        /// With the last one counted, for the operator.
        public var attempts: Attempts

        public init(rendition: Rendition, reason: String, attempts: Attempts) {
            self.rendition = rendition
            self.reason = reason
            self.attempts = attempts
        }
    }

    public struct Dropped: Hashable, Sendable {
        public var rendition: Rendition
        public init(rendition: Rendition) { self.rendition = rendition }
    }
}

extension DeliveryWorkflow.State {
    /// As rows hold it, and as operators ask for it.
    public enum Name: String, CaseIterable, Codable, Hashable, Sendable {
        case waiting, sending, delivered, dead, dropped
    }

    public var name: Name {
        switch self {
        case .waiting: .waiting
        case .sending: .sending
        case .delivered: .delivered
        case .dead: .dead
        case .dropped: .dropped
        }
    }

    public var rendition: Rendition {
        switch self {
        case .waiting(let waiting): waiting.rendition
        case .sending(let sending): sending.rendition
        case .delivered(let delivered): delivered.rendition
        case .dead(let dead): dead.rendition
        case .dropped(let dropped): dropped.rendition
        }
    }
}

extension DeliveryWorkflow {
    /// Where the object that a document is about stands with the document's destination.
    public enum Subject: Hashable, Sendable {
        /// The destination has it, or the document is about the study.
        case there
        /// It waits or is being sent.
        case coming
        /// It does not come: refused, given up, or another rendition went in its place.
        case gone
    }

    /// What happens to a delivery.
    public enum Event: Hashable, Sendable {
        case claimed(Claim, about: Subject = .there)
        case renewed(by: Owner, at: Timestamp, until: Timestamp)
        /// The destination said Success or a warning to this rendition.
        case accepted(Rendition, warning: String?, at: Timestamp)
        /// It may end otherwise later.
        case failed(by: Owner, Cause, at: Timestamp, random: Double)
        /// The destination negotiates no context for the rendition's SOP class. `made`: the document's renditions.
        case classNotTaken(by: Owner, reason: String, made: [Rendition], RenditionPreference, at: Timestamp)
        /// It will always end like this.
        case refused(by: Owner, reason: String)
        case released(by: Owner, at: Timestamp)
        case nodeStarted(String, at: Timestamp, random: Double)
        case swept(at: Timestamp, clockJumped: Bool, random: Double)
        /// Waits mean nothing any more: the node starts, or its clock was set.
        case hurried(at: Timestamp)
        /// The configuration has no destination of this name any more.
        case destinationRemoved
        /// The object's file is gone and won't be made again.
        case objectLost
        /// What it is about does not come to the destination.
        case subjectGone
        /// By the operator.
        case retried(at: Timestamp, about: Subject = .there, fileRemoved: Bool = false)
        case dropped
    }

    /// What is to be done, in order and in the event's transaction.
    public enum Action: Hashable, Sendable {
        case note(Note)
        /// The study hears of its revision's deliveries.
        case settle
        /// What waits for the destination and is about the object that was to be sent hears that it does not come.
        case callOffNotes
    }
}

extension DeliveryWorkflow.Event {
    var name: String {
        switch self {
        case .claimed: "claimed"
        case .renewed: "renewed"
        case .accepted: "accepted"
        case .failed, .classNotTaken, .refused: "ended"
        case .released: "given back"
        case .nodeStarted: "taken back"
        case .swept: "swept"
        case .hurried: "hurried"
        case .destinationRemoved: "told of a removed destination"
        case .objectLost: "told of a lost file"
        case .subjectGone: "told that its subject does not come"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }
}
