public import DICOMCore

extension JobWorkflow {
    /// Where a job stands. Each state carries only what its events need.
    public enum State: Hashable, Sendable {
        /// A worker with the job's recipe may claim it.
        case waiting(Waiting)
        case running(Running)
        case done(Done)
        /// It was tried often enough: the operator decides.
        case parked(Parked)
        /// A later revision of the study took its place.
        case superseded(Superseded)
        /// The operator gave it up.
        case dropped(Dropped)
    }

    public struct Waiting: Hashable, Sendable {
        public var attempts: Attempts
        public var purpose: Purpose

        public init(attempts: Attempts, purpose: Purpose = .analysis) {
            self.attempts = attempts
            self.purpose = purpose
        }
    }

    public struct Running: Hashable, Sendable {
        public var claim: Claim
        public var attempts: Attempts
        public var purpose: Purpose
        /// A revision that was made meanwhile: this job is not tried again then.
        public var successor: Int?

        public init(claim: Claim, attempts: Attempts, purpose: Purpose = .analysis, successor: Int? = nil) {
            self.claim = claim
            self.attempts = attempts
            self.purpose = purpose
            self.successor = successor
        }
    }

    public struct Done: Hashable, Sendable {
        public var verdict: Verdict
        public var at: Timestamp
        /// A file of its results is gone and can't be made again as it was: a new revision has to take its place.
        public var resultsLost: Bool
        /// The later revision, whose report is current: nothing of this one is made again then.
        public var successor: Int?

        public init(verdict: Verdict, at: Timestamp, resultsLost: Bool = false, successor: Int? = nil) {
            self.verdict = verdict
            self.at = at
            self.resultsLost = resultsLost
            self.successor = successor
        }
    }

    public struct Parked: Hashable, Sendable {
        public var reason: String
        public var at: Timestamp
        /// With the last one counted, for the operator.
        public var attempts: Attempts
        public var purpose: Purpose

        public init(reason: String, at: Timestamp, attempts: Attempts, purpose: Purpose = .analysis) {
            self.reason = reason
            self.at = at
            self.attempts = attempts
            self.purpose = purpose
        }
    }

    public struct Superseded: Hashable, Sendable {
        public var by: Int
        public var at: Timestamp

        public init(by revision: Int, at: Timestamp) {
            self.by = revision
            self.at = at
        }
    }

    public struct Dropped: Hashable, Sendable {
        public var at: Timestamp
        public var purpose: Purpose

        public init(at: Timestamp, purpose: Purpose = .analysis) {
            self.at = at
            self.purpose = purpose
        }
    }

    /// What a run is for.
    public enum Purpose: Hashable, Sendable {
        case analysis
        /// Result files were lost and are made again: the same UIDs, so the same bytes or none. The digests are those
        /// of the first time, by SOP Instance UID.
        case remaking([UID: ObjectDigest])
    }
}

extension JobWorkflow.State {
    /// As rows hold it, and as operators ask for it.
    public enum Name: String, CaseIterable, Codable, Hashable, Sendable {
        case waiting, running, done, parked, superseded, dropped
    }

    public var name: Name {
        switch self {
        case .waiting: .waiting
        case .running: .running
        case .done: .done
        case .parked: .parked
        case .superseded: .superseded
        case .dropped: .dropped
        }
    }
}

extension JobWorkflow {
    /// What happens to a job.
    public enum Event: Hashable, Sendable {
        /// A worker wants it.
        case claimed(Claim, recipe: Recipe, studyIsBusy: Bool)
        case renewed(by: Owner, at: Timestamp, until: Timestamp)
        /// A worker hands in what came of it.
        case finished(by: Owner, HandIn, at: Timestamp, random: Double)
        /// A try ended without a result, or its worker did.
        case failed(by: Owner, Cause, at: Timestamp, random: Double)
        /// A worker that was asked to stop gives it back.
        case released(by: Owner, at: Timestamp)
        /// The node of this name starts: what it held when it ended comes back.
        case nodeStarted(String, at: Timestamp, random: Double)
        /// Somebody looks for claims that ran out. `clockJumped`: the wall clock moved without time passing.
        case swept(at: Timestamp, clockJumped: Bool, random: Double)
        /// Waits mean nothing any more: the node starts, or its clock was set.
        case hurried(at: Timestamp)
        /// The study has a later revision.
        case superseded(by: Int, at: Timestamp)
        /// Files of images that it reads are gone.
        case imagesLost([UID], at: Timestamp)
        /// A file of its results is gone. `results`: what it made, by SOP Instance UID; `recipe`: of the workers there
        /// are; `imagesRemoved`: images that it read were removed after delivery.
        case resultLost(results: [UID: ObjectDigest], recipe: Recipe, imagesRemoved: Bool = false, at: Timestamp)
        /// By the operator, or because the study was closed again with nothing new.
        case retried(at: Timestamp)
        case dropped(at: Timestamp)
    }

    /// What a worker hands in.
    public struct HandIn: Hashable, Sendable {
        /// With which it was made.
        public var recipe: Recipe
        public var verdict: Verdict
        /// Digests of the result objects, by SOP Instance UID.
        public var results: [UID: ObjectDigest]
        /// Images that could not be read.
        public var unread: [UnreadImage]

        public init(
            recipe: Recipe, verdict: Verdict, results: [UID: ObjectDigest] = [:], unread: [UnreadImage] = []
        ) {
            self.recipe = recipe
            self.verdict = verdict
            self.results = results
            self.unread = unread
        }
    }

    public enum Verdict: Hashable, Sendable {
        case analysed
        case notAnalysable(reason: String)
    }

    /// An image that a worker could not read, and whether it is the image's own fault.
    public struct UnreadImage: Hashable, Sendable {
        public enum Fault: Hashable, Sendable {
            /// The bytes are those that came, and no image can be made of them. Only this may stand in a result.
            case content(String)
            /// The bytes are not those that came: another length or SHA-256.
            case damaged
            /// The file could not be read this time.
            case unreadable(Cause)
        }

        public var sopInstance: UID
        public var fault: Fault

        public init(_ sopInstance: UID, _ fault: Fault) {
            self.sopInstance = sopInstance
            self.fault = fault
        }
    }

    /// What is to be done, in order and in the event's transaction.
    public enum Action: Hashable, Sendable {
        /// Findings and result objects that were handed in are kept, in place of an earlier run's.
        case keepResults
        /// Deliveries of the results are made; those that are there already stay as they are.
        case enqueueDeliveries
        /// Deliveries that wait for a file that is gone hear that it is not made again.
        case loseDeliveries
        /// These images' files are not what came: they are lost until they are sent again.
        case markLost([UID])
        case note(Note)
        /// The study hears of the job's standing (`standing(_:)`).
        case settle
    }
}

extension JobWorkflow.Event {
    var name: String {
        switch self {
        case .claimed: "claimed"
        case .renewed: "renewed"
        case .finished: "finished"
        case .failed: "failed"
        case .released: "given back"
        case .nodeStarted: "taken back"
        case .swept: "swept"
        case .hurried: "hurried"
        case .superseded: "superseded"
        case .imagesLost, .resultLost: "told of a lost file"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }
}
