public import DICOMCore
import GRDB
import Workflow

/// What the operator decided about something that got stuck.
public enum OperatorDecision: Sendable {
    case retry, drop
}

extension Store {
    /// Tries a study's stuck job and its dead and dropped deliveries again, or gives up what is stuck of it: its waiting
    /// or parked job and its undelivered results. Objects stay.
    /// - Returns: how many of them changed.
    /// - Throws: ``StoreError/refused(_:)`` when nothing of it is stuck.
    public func decide(_ decision: OperatorDecision, study uid: UID) throws -> Int {
        try live { lives in
            let study = try lives.knownStudy(uid)
            // What a note is about is retried before the note, and given up after it.
            let deliveries = try lives.ids(
                "SELECT outgoing.id FROM outgoing JOIN job ON job.id = outgoing.job WHERE job.study = ? ORDER BY outgoing.id",
                [study.id])
            var count = 0
            for id in decision == .retry ? deliveries : deliveries.reversed()
            where Self.isStuck(try lives.delivery(id).machine.state.name, decision) {
                if try decide(decision, delivery: id, lives) { count += 1 }
            }
            let event: StudyWorkflow.Event =
                switch decision {
                case .retry: .retried(recipe: try recipeInForce(lives), at: lives.now)
                case .drop: .dropped(at: lives.now)
                }
            guard let refusal = try lives.ask(study: study.id, event) else { return count + 1 }
            if count == 0 { throw refusal }
            return count
        }
    }

    /// - Returns: false where there is nothing to send: a note whose object the destination does not get, or a document whose
    ///   file was removed.
    private func decide(_ decision: OperatorDecision, delivery id: Int64, _ lives: Lives) throws -> Bool {
        do {
            switch decision {
            case .retry: try lives.retry(delivery: id)
            case .drop: try lives.tell(delivery: id, .dropped)
            }
            return true
        } catch let refusal as Refusal where [.subject, .removed].contains(refusal.reason) {
            return false
        }
    }

    /// Likewise for what a destination does not get; what waits for it is tried at once.
    /// - Parameter study: only of this one.
    /// - Returns: how many deliveries changed.
    public func decide(_ decision: OperatorDecision, destination: String, study: UID? = nil) throws -> Int {
        try live { lives in
            let known = "SELECT 1 FROM destination WHERE name = ?1 UNION SELECT 1 FROM outgoing WHERE destination = ?1"
            guard try lives.row(known, [destination]) != nil else {
                throw StoreError.unknown(kind: "destination", name: destination)
            }
            let deliveries = try lives.ids(
                """
                SELECT outgoing.id FROM outgoing JOIN job ON job.id = outgoing.job JOIN study ON study.id = job.study
                WHERE destination = ? AND study.uid = ifnull(?, study.uid) ORDER BY outgoing.id
                """, [destination, study?.string])
            return try (decision == .retry ? deliveries : deliveries.reversed()).count { id in
                let state = try lives.delivery(id).machine.state.name
                if decision == .retry, state == .waiting {
                    try lives.tell(delivery: id, .hurried(at: lives.now))
                    return true
                }
                return try Self.isStuck(state, decision) && decide(decision, delivery: id, lives)
            }
        }
    }

    private static func isStuck(_ state: DeliveryState, _ decision: OperatorDecision) -> Bool {
        switch state {
        case .dead: true
        case .waiting: decision == .drop
        case .dropped: decision == .retry
        case .sending, .delivered: false
        }
    }

    /// Likewise for one delivery.
    public func decide(_ decision: OperatorDecision, delivery id: Int64) throws {
        try live { decision == .retry ? try $0.retry(delivery: id) : try $0.tell(delivery: id, .dropped) }
    }

    /// Has a set-aside object compared again, or removes it for good.
    public func decide(_ decision: OperatorDecision, aside id: Int64) throws {
        try live { try $0.tell(aside: id, decision == .retry ? .retried(at: $0.now) : .dropped) }
    }

    /// Puts a set-aside object in the kept one's place; where the kept one's file is there, the two change places.
    public func accept(aside id: Int64) throws {
        try live { lives in
            let kept = try lives.row(
                "SELECT object.path, object.bytes, object.lost FROM object JOIN aside ON aside.object = object.id WHERE aside.id = ?",
                [id])
            let isThere = try kept.map {
                try $0["lost"] == 0 && holdsFile(of: $0)
            }
            try lives.tell(aside: id, .accepted(keptIsThere: isThere ?? false))
        }
    }
}
