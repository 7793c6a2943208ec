import Foundation
import GRDB
import Workflow

extension Lives {
    func tell(notice id: Int64, _ event: NoticeWorkflow.Event) throws {
        let sql =
            "SELECT notice.*, study.uid FROM notice JOIN job ON job.id = job JOIN study ON study.id = study WHERE notice.id = ?"
        guard let row = try row(sql, [id]) else { throw StoreError.unknown(kind: "notice", name: "\(id)") }
        let former = NoticeWorkflow(receiver: row["receiver"], rules: rules, state: try state(row))
        var machine = former
        let notes = try machine.handle(event)
        if machine != former { try update("notice", id, columns(machine.state)) }
        for note in notes { try self.note(note, study: row["uid"]) }
    }

    private func state(_ row: Row) throws -> NoticeWorkflow.State {
        switch try row.value("state", as: NoticeWorkflow.State.Name.self) {
        case .waiting: .waiting(try row.attempts())
        case .delivered: .delivered(at: Timestamp(milliseconds: row["ended_at"] ?? 0))
        case .dead: .dead(reason: row["reason"] ?? "", try row.attempts())
        case .dropped: .dropped
        }
    }

    private func columns(_ state: NoticeWorkflow.State) -> Columns {
        let columns: Columns = ["state": state.name.rawValue]
        return switch state {
        case .waiting(let attempts): columns.and(attempts.columns).and(["ended_at": nil as Int64?])
        case .delivered(let time): columns.and(["ended_at": time.milliseconds])
        case .dead(let reason, let attempts):
            columns.and(attempts.columns).and(["reason": reason, "ended_at": now.milliseconds])
        case .dropped: columns.and(["ended_at": now.milliseconds])
        }
    }

    /// A notice to each receiver whose rule a finding meets. A job that is done again makes none anew.
    func enqueueNotices(of job: Int64, _ completion: Completion) throws {
        for row in try rows("SELECT * FROM notice_receiver ORDER BY name", []) {
            let rule = NoticeRule(
                outcomes: try Self.set(row["outcomes"]), levels: try Self.set(row["levels"]))
            guard let subject = rule.choice(among: completion.subjects) else { continue }
            try database.execute(
                sql: """
                    INSERT INTO notice (job, receiver, outcome, confidence, triage, state, next_try, created_at)
                    VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?) ON CONFLICT (job, receiver) DO NOTHING
                    """,
                arguments: [
                    job, row["name"] as String, subject.outcome, subject.confidence, subject.triage,
                    now.milliseconds, now.milliseconds,
                ])
        }
    }

    private static func set<Value: Decodable & Hashable>(_ json: String) throws -> Set<Value> {
        Set(try JSONDecoder().decode([Value].self, from: Data(json.utf8)))
    }
}

extension Completion {
    /// What there is to tell of it.
    fileprivate var subjects: [NoticeRule.Subject] {
        if case .notAnalysable = verdict { return [NoticeRule.Subject(outcome: "not_analysable")] }
        return findings.map {
            NoticeRule.Subject(outcome: $0.outcome, confidence: $0.confidence, triage: $0.triage)
        }
    }
}
