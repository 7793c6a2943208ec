public import DICOMCore
import Foundation
import GRDB
public import Workflow

/// What one try at a notice led to. Its words name no patient.
public enum NoticeOutcome: Hashable, Sendable {
    case accepted
    /// It may end otherwise later.
    case failed(String)
    /// It will always end like this.
    case refused(String)
}

extension Store {
    /// Says who wants to hear of what. What waits for a receiver that is gone stays, until it comes back or the operator drops
    /// it.
    public func setNoticeReceivers(_ receivers: [String: NoticeRule]) throws {
        try live { lives in
            try lives.database.execute(sql: "DELETE FROM notice_receiver")
            for (name, rule) in receivers {
                try lives.database.execute(
                    sql: "INSERT INTO notice_receiver (name, outcomes, levels) VALUES (?, ?, ?)",
                    arguments: [name, try Self.json(rule.outcomes.sorted()), try Self.json(rule.levels.sorted())])
            }
        }
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    /// What is due at a receiver, oldest first.
    public func dueNotices(to receiver: String, limit: Int) throws -> [NoticeRecord] {
        let now = Timestamp(now())
        return try notices(
            where:
                "notice.state = 'waiting' AND receiver = ? AND (notice.next_try <= ? OR notice.next_try > ?) ORDER BY notice.id LIMIT ?",
            [receiver, now.milliseconds, now.adding(rules.backoff.longest).milliseconds, limit])
    }

    /// Those in these states, newest first.
    public func notices(
        of study: UID? = nil, in states: Set<NoticeState>? = nil, limit: Int = 1000
    ) throws -> [NoticeRecord] {
        let wanted = states ?? Set(NoticeState.allCases)
        return try notices(
            where: """
                notice.state IN (\(databaseQuestionMarks(count: wanted.count))) AND study.uid = ifnull(?, study.uid)
                ORDER BY notice.id DESC LIMIT ?
                """, StatementArguments(wanted.map(\.rawValue)) + [study?.string, limit])
    }

    /// Writes down what came of one try.
    public func settle(notice id: Int64, _ outcome: NoticeOutcome) throws {
        try live { lives in
            let event: NoticeWorkflow.Event =
                switch outcome {
                case .accepted: .accepted(at: lives.now)
                case .failed(let why): .failed(Cause(.destination, why), at: lives.now, random: lives.random)
                case .refused(let why): .refused(reason: why)
                }
            try lives.tell(notice: id, event)
        }
    }

    public func decide(_ decision: OperatorDecision, notice id: Int64) throws {
        try live { try $0.tell(notice: id, decision == .retry ? .retried(at: $0.now) : .dropped) }
    }

    private func notices(where condition: String, _ arguments: StatementArguments) throws -> [NoticeRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT notice.*, study.uid AS study_uid, job.revision FROM notice
                    JOIN job ON job.id = notice.job JOIN study ON study.id = job.study WHERE \(condition)
                    """, arguments: arguments
            ).map { row in
                let tries: [Int] = [row["failures"], row["unclear"], row["put_off"]]
                return NoticeRecord(
                    id: row["id"], receiver: row["receiver"], study: try row.uid("study_uid"),
                    revision: row["revision"],
                    subject: NoticeRule.Subject(
                        outcome: row["outcome"], confidence: row["confidence"], triage: row["triage"]),
                    state: try row.value("state"), createdAt: row.date("created_at"), tries: tries.reduce(0, +),
                    nextTry: row.date("next_try"), lastError: row["reason"])
            }
        }
    }
}
