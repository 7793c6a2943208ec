extension AsideWorkflow {
    /// Where a set-aside object stands.
    public enum State: Hashable, Sendable {
        /// A worker has yet to compare it with the kept one.
        case waiting(Waiting)
        case comparing(Comparing)
        /// The content differs: an operator has to look.
        case different(Different)
        /// It could not be compared.
        case incomparable(Incomparable)
        /// Its file is gone: it waits to be sent again.
        case lost(Lost)
        /// The content is the kept one's: its row and its file go.
        case same
        /// The operator put it in the place of a kept one that was gone: its row goes, its file is the kept one's now.
        case accepted
        /// The operator gave it up.
        case dropped
    }

    public struct Waiting: Hashable, Sendable {
        public var attempts: Attempts
        public init(attempts: Attempts) { self.attempts = attempts }
    }

    public struct Comparing: Hashable, Sendable {
        public var claim: Claim
        public var attempts: Attempts

        public init(claim: Claim, attempts: Attempts) {
            self.claim = claim
            self.attempts = attempts
        }
    }

    public struct Different: Hashable, Sendable {
        /// What differs, in words that name no patient.
        public var reason: String
        public init(reason: String) { self.reason = reason }
    }

    public struct Incomparable: Hashable, Sendable {
        public enum Reason: Hashable, Sendable {
            /// There is nothing to compare it with; it may be the good copy.
            case keptLost
            /// One of the two can't be read as an image, or workers died of comparing.
            case content(String)
        }

        public var reason: Reason
        public init(reason: Reason) { self.reason = reason }
    }

    public struct Lost: Hashable, Sendable {
        public var at: Timestamp
        public init(at: Timestamp) { self.at = at }
    }
}

extension AsideWorkflow.State {
    /// As rows hold it, and as operators ask for it.
    public enum Name: String, CaseIterable, Codable, Hashable, Sendable {
        case waiting, comparing, different, incomparable, lost, same, accepted, dropped
    }

    public var name: Name {
        switch self {
        case .waiting: .waiting
        case .comparing: .comparing
        case .different: .different
        case .incomparable: .incomparable
        case .lost: .lost
        case .same: .same
        case .accepted: .accepted
        case .dropped: .dropped
        }
    }

    /// Its row goes.
    public var isFinal: Bool {
        switch self {
        case .same, .accepted, .dropped: true
        case .waiting, .comparing, .different, .incomparable, .lost: false
        }
    }
}

extension AsideWorkflow {
    /// What comparing two objects by content led to.
    public enum Comparison: Hashable, Sendable {
        case equal
        /// What differs, in words that name no patient.
        case different(String)
        case incomparable(String)
    }

    /// What happens to a set-aside object.
    public enum Event: Hashable, Sendable {
        case claimed(Claim)
        case renewed(by: Owner, at: Timestamp, until: Timestamp)
        case compared(by: Owner, Comparison)
        /// Comparing ended without a verdict, or its worker did.
        case failed(by: Owner, Cause, at: Timestamp, random: Double)
        case released(by: Owner, at: Timestamp)
        case nodeStarted(String, at: Timestamp, random: Double)
        case swept(at: Timestamp, clockJumped: Bool, random: Double)
        /// Waits mean nothing any more: the node starts, or its clock was set.
        case hurried(at: Timestamp)
        /// The kept object's file is gone.
        case keptLost
        /// The kept object was sent again, or another one took its place.
        case keptChanged(at: Timestamp)
        /// Its own file is gone.
        case fileLost(at: Timestamp)
        /// It was sent again, and its file is there.
        case repaired(at: Timestamp)
        /// The operator puts it in the kept one's place.
        case accepted(keptIsThere: Bool)
        /// The operator wants it compared again.
        case retried(at: Timestamp)
        /// The operator gives it up.
        case dropped
    }

    /// What is to be done, in order and in the event's transaction; files go after it.
    public enum Action: Hashable, Sendable {
        /// The row goes; the file too, once that is durable.
        case remove
        /// Its file, digest and syntax become the kept object's, and the study hears of an arrival that repairs. The
        /// other set-aside objects hear that the kept one changed.
        case replaceKept
        /// Likewise, and what the kept object had becomes this one's: nothing that was acknowledged vanishes.
        case exchangeWithKept
        case note(Note)
    }
}

extension AsideWorkflow.Event {
    var name: String {
        switch self {
        case .claimed: "claimed"
        case .renewed: "renewed"
        case .compared: "compared"
        case .failed: "failed"
        case .released: "given back"
        case .nodeStarted: "taken back"
        case .swept: "swept"
        case .hurried: "hurried"
        case .keptLost, .fileLost: "told of a lost file"
        case .keptChanged, .repaired: "told of a file that came again"
        case .accepted: "accepted"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }
}
