public import DICOMCore

extension StudyWorkflow {
    /// Where a study stands. Every study is in one of these, and `hilum queue` shows it. All but `receiving` follow
    /// from the newest revision, if there is one.
    public enum State: Hashable, Sendable {
        /// Open: objects come in, or somebody asked to close it again.
        case receiving(Receiving)
        /// Closed; its job waits or runs.
        case waiting(Waiting)
        /// Results are made; a destination has yet to accept them, or there is none.
        case analysed(Analysed)
        /// Every destination has accepted the results.
        case reported(Reported)
        /// There is nothing in it that Hilum analyses.
        case notAnalysable(NotAnalysable)
        /// Its job is parked or dropped, or a file is gone.
        case failed(Failed)
    }

    public struct Receiving: Hashable, Sendable {
        /// First arrival since it was last closed.
        public var openedAt: Timestamp
        public var lastArrival: Timestamp
        public var reason: Opening
        public var revision: Revision?

        public init(openedAt: Timestamp, lastArrival: Timestamp, reason: Opening, revision: Revision?) {
            self.openedAt = openedAt
            self.lastArrival = lastArrival
            self.reason = reason
            self.revision = revision
        }
    }

    /// Why a study is open, and so what closing it may do. A stronger reason takes a weaker one's place.
    public enum Opening: String, CaseIterable, Comparable, Hashable, Sendable {
        /// Objects came. It closes after its quiet time; only other objects than before make a revision.
        case arrivals
        /// Its current revision can't be finished or made again as it is. It closes at once; another recipe than before
        /// makes a revision too.
        case renewal
        /// The operator asked. As `renewal`, and files that are gone are done without.
        case forced

        public static func < (left: Opening, right: Opening) -> Bool {
            let order = Self.allCases
            return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
        }
    }

    public struct Waiting: Hashable, Sendable {
        public var revision: Revision
        public init(_ revision: Revision) { self.revision = revision }
    }

    public struct Analysed: Hashable, Sendable {
        public var revision: Revision
        public init(_ revision: Revision) { self.revision = revision }
    }

    public struct Reported: Hashable, Sendable {
        public var revision: Revision
        public init(_ revision: Revision) { self.revision = revision }
    }

    public struct NotAnalysable: Hashable, Sendable {
        public var reason: String
        public var revision: Revision?

        public init(reason: String, revision: Revision?) {
            self.reason = reason
            self.revision = revision
        }
    }

    public struct Failed: Hashable, Sendable {
        public var reason: String
        public var revision: Revision?

        public init(reason: String, revision: Revision?) {
            self.reason = reason
            self.revision = revision
        }
    }
}

extension StudyWorkflow.State {
    /// What a closed study is, by its newest revision. There is an answer for every standing, and none of them is
    /// *receiving*: closing always closes.
    public static func closed(_ revision: Revision) -> Self {
        switch revision.standing {
        case .waiting, .running: .waiting(StudyWorkflow.Waiting(revision))
        case .done(.analysed, let deliveries):
            deliveries.isComplete
                ? .reported(StudyWorkflow.Reported(revision)) : .analysed(StudyWorkflow.Analysed(revision))
        case .done(.notAnalysable(let reason), _):
            .notAnalysable(StudyWorkflow.NotAnalysable(reason: reason, revision: revision))
        case .resultsLost:
            .failed(
                StudyWorkflow.Failed(reason: "a result file is gone; force it to make a new one", revision: revision))
        case .parked(let reason): .failed(StudyWorkflow.Failed(reason: reason, revision: revision))
        case .dropped: .failed(StudyWorkflow.Failed(reason: "dropped by the operator", revision: revision))
        }
    }

    public var revision: Revision? {
        switch self {
        case .receiving(let receiving): receiving.revision
        case .waiting(let waiting): waiting.revision
        case .analysed(let analysed): analysed.revision
        case .reported(let reported): reported.revision
        case .notAnalysable(let state): state.revision
        case .failed(let failed): failed.revision
        }
    }

    /// As rows hold it, and as operators ask for it.
    public enum Name: String, CaseIterable, Codable, Hashable, Sendable {
        case receiving, waiting, analysed, reported
        case notAnalysable = "not analysable"
        case failed
    }

    public var name: Name {
        switch self {
        case .receiving: .receiving
        case .waiting: .waiting
        case .analysed: .analysed
        case .reported: .reported
        case .notAnalysable: .notAnalysable
        case .failed: .failed
        }
    }
}

extension StudyWorkflow {
    /// What happens to a study.
    public enum Event: Hashable, Sendable {
        case arrived(Arrival)
        /// The operator asks to close it now, again if it is closed.
        case forced(at: Timestamp)
        /// It has been quiet, open for long, or was asked for.
        case closingDue(Closing)
        /// The job of a revision, or one of its deliveries, moved.
        case settled(revision: Int, Standing, at: Timestamp)
        /// A received object's file is gone or damaged.
        case objectLost(UID, isImage: Bool, at: Timestamp)
        /// A node's workers have this recipe; it starts, or met a job that they can't do.
        case recipeInForce(Recipe, node: String, at: Timestamp)
        /// The operator asks to try again what is stuck.
        case retried(recipe: Recipe, at: Timestamp)
        /// The operator gives up what is stuck.
        case dropped(at: Timestamp)
    }

    /// An object that was kept.
    public struct Arrival: Hashable, Sendable {
        public var provenance: Provenance
        /// It took the place of an object whose file was gone.
        public var repairs: Bool
        public var at: Timestamp

        public init(_ provenance: Provenance, repairs: Bool = false, at: Timestamp) {
            self.provenance = provenance
            self.repairs = repairs
            self.at = at
        }
    }

    /// What closing a study has to know.
    public struct Closing: Hashable, Sendable {
        public var contents: Contents
        /// What the newest revision was made from; nil when there is none.
        public var former: Contents?
        /// Of the node's workers.
        public var recipe: Recipe
        public var node: String
        public var at: Timestamp

        public init(_ contents: Contents, former: Contents?, recipe: Recipe, node: String, at: Timestamp) {
            self.contents = contents
            self.former = former
            self.recipe = recipe
            self.node = node
            self.at = at
        }
    }

    /// What is to be done, in order and in the event's transaction.
    public enum Action: Hashable, Sendable {
        /// Assembly waits for the study's end, or closes it at once.
        case open(Opening)
        case makeJob(Revision, from: Contents)
        /// The earlier revision's job hears of the new one.
        case supersede(revision: Int, by: Int)
        case retryJob(revision: Int)
        /// The revision's job, which waits, hears that these images are gone.
        case loseImages(revision: Int, [UID])
        case dropJob(revision: Int)
        case note(Note)
    }
}

extension StudyWorkflow.Event {
    var name: String {
        switch self {
        case .arrived: "extended"
        case .forced: "forced"
        case .closingDue: "closed"
        case .settled: "settled"
        case .objectLost: "told of a lost file"
        case .recipeInForce: "told of a recipe"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }
}
