import Foundation
import GRDB
import Workflow

/// States out of which nothing leads: each of these is a row that contradicts another, or that waits for what does not
/// come.
enum StuckStates {
    private struct Rule {
        let says: String
        let sql: String
    }

    /// Each gives studies' UIDs. `newest` is the study's newest job.
    private static let rules = [
        Rule(
            says: "it waits for a job that does not wait and is not done; --repair lets it say where its job stands",
            sql: "study.state = 'waiting' AND ifnull(newest.state, '') NOT IN ('waiting', 'running')"),
        Rule(
            says:
                "it says that it has results, and its newest job is not done; --repair lets it say where its job stands",
            sql: "study.state IN ('analysed', 'reported') AND ifnull(newest.state, '') <> 'done'"),
        Rule(
            says: "it is reported, and results of it wait for a destination; --repair corrects that",
            sql: """
                study.state = 'reported' AND EXISTS (SELECT 1 FROM outgoing WHERE outgoing.job = newest.id
                    AND outgoing.state IN ('waiting', 'sending'))
                """),
        Rule(
            says: "its revision is not its newest job's; --repair corrects that",
            sql: "study.revision <> ifnull(newest.revision, 0)"),
        Rule(
            says: "an earlier revision's job waits, and nobody is to do it; `hilum queue drop` it",
            sql: """
                EXISTS (SELECT 1 FROM job WHERE job.study = study.id AND job.state = 'waiting'
                    AND job.revision < newest.revision)
                """),
        Rule(
            says: "its job waits for a worker of another node; `hilum queue force` it",
            sql: "study.state = 'waiting' AND newest.state = 'waiting' AND newest.node <> ?"),
        Rule(
            says: "a note waits for an object that its destination does not get; `hilum queue drop` it",
            sql: """
                EXISTS (SELECT 1 FROM job JOIN outgoing AS note ON note.job = job.id WHERE job.study = study.id
                    AND note.state = 'waiting' AND note.kind = 'key objects' AND note.subject <> ''
                    AND NOT EXISTS (SELECT 1 FROM object JOIN outgoing AS former ON former.object = object.id
                        WHERE object.sop_instance = note.subject AND former.destination = note.destination
                            AND former.state NOT IN ('dead', 'dropped')))
                """),
        Rule(
            says:
                "results of it wait for a destination that is not configured; configure it again, or `hilum queue drop`",
            sql: """
                EXISTS (SELECT 1 FROM job JOIN outgoing ON outgoing.job = job.id WHERE job.study = study.id
                    AND outgoing.state = 'waiting' AND outgoing.destination NOT IN (SELECT name FROM destination))
                """),
    ]

    /// Those that a study's own state and its job's decide: the first four.
    private static let ofStudies = rules.prefix(4)

    /// - Returns: studies' UIDs, each with a sentence.
    static func find(in database: Database, node: String) throws -> [(study: String, says: String)] {
        try rules.flatMap { rule in
            try String.fetchAll(
                database, sql: sql("study.uid", rule), arguments: rule.sql.contains("?") ? [node] : []
            ).map { ($0, rule.says) }
        }
    }

    private static func sql(_ column: String, _ rule: Rule) -> String {
        """
        SELECT \(column) FROM study LEFT JOIN job AS newest ON newest.study = study.id AND newest.revision = (
            SELECT max(revision) FROM job WHERE job.study = study.id)
        WHERE \(rule.sql) ORDER BY study.id
        """
    }

    /// Lets each study whose state contradicts its newest job say what that stands at; one without a job is closed
    /// again.
    static func mend(_ lives: Lives) throws {
        for id in try Set(ofStudies.flatMap({ try lives.ids(sql("study.id", $0), []) })).sorted() {
            let newest = try lives.row("SELECT id FROM job WHERE study = ? ORDER BY revision DESC LIMIT 1", [id])
            guard let job = newest?["id"] as Int64? else {
                let now = lives.now.milliseconds
                try lives.update("study", id, ["state": "receiving", "revision": 0, "opened_at": now])
                continue
            }
            try lives.settle(job: job)
            try lives.cachedUpdate(
                "UPDATE study SET revision = (SELECT revision FROM job WHERE job.id = ?) WHERE id = ?", [job, id])
        }
    }
}
