import GRDB
import Workflow

/// What a revision's results say of earlier ones, fixed at its first try.
extension Store {
    /// The reports of the last revision before it that a destination received, in the forms that it received; where no
    /// destination is to get any, those of the last finished one.
    func fixPredecessors(of job: Int64, _ lives: Lives) throws {
        try lives.database.cachedStatement(
            sql: """
                INSERT INTO job_predecessor (job, object)
                SELECT this.id, result.object FROM job AS this JOIN result ON result.kind = 'report'
                    AND result.job = (
                        SELECT job.id FROM job WHERE job.study = this.study AND job.revision < this.revision
                            AND EXISTS (SELECT 1 FROM result WHERE result.job = job.id)
                            AND (NOT EXISTS (SELECT 1 FROM outgoing WHERE outgoing.job = job.id)
                                OR EXISTS (SELECT 1 FROM outgoing WHERE outgoing.job = job.id AND kind = 'report'
                                    AND outgoing.state = 'delivered'))
                        ORDER BY job.revision DESC LIMIT 1)
                WHERE this.id = ? AND this.started_at IS NULL
                    AND (NOT EXISTS (SELECT 1 FROM outgoing WHERE outgoing.job = result.job)
                        OR EXISTS (SELECT 1 FROM outgoing WHERE outgoing.object = result.object
                            AND outgoing.state = 'delivered'))
                """
        ).execute(arguments: [job])
    }

    /// Per destination and kind the last one that it received or that waits for it, unless it has a note on that or will
    /// have one: a second would contradict the first.
    func fixSuperseded(by job: Int64, _ lives: Lives) throws {
        try lives.database.cachedStatement(
            sql: """
                INSERT INTO job_superseded (job, object)
                SELECT DISTINCT this.id, former.object FROM job AS this
                    JOIN job AS earlier ON earlier.study = this.study AND earlier.revision < this.revision
                    JOIN outgoing AS former ON former.job = earlier.id AND former.kind IN ('report', 'picture')
                        AND former.state NOT IN ('dead', 'dropped')
                WHERE this.id = ? AND this.started_at IS NULL
                    AND NOT EXISTS (
                        SELECT 1 FROM outgoing AS later JOIN job AS middle ON middle.id = later.job
                        WHERE middle.study = this.study AND middle.revision > earlier.revision
                            AND middle.revision < this.revision AND later.destination = former.destination
                            AND later.kind = former.kind AND later.state NOT IN ('dead', 'dropped'))
                    AND NOT EXISTS (
                        SELECT 1 FROM job AS other JOIN outgoing AS note ON note.job = other.id
                            JOIN object ON object.id = former.object
                        WHERE other.study = this.study AND note.destination = former.destination
                            AND note.kind = 'key objects' AND note.subject = object.sop_instance
                            AND note.state NOT IN ('dead', 'dropped'))
                """
        ).execute(arguments: [job])
    }

    /// - Parameter table: `job_predecessor` or `job_superseded`.
    func references(_ table: String, of job: Int64, _ lives: Lives) throws -> [ResultReference] {
        try lives.rows(
            """
            SELECT result.kind, result.subject, study.uid AS study_uid, object.series, object.sop_class,
                object.sop_instance
            FROM \(table) AS fixed JOIN object ON object.id = fixed.object
            JOIN result ON result.object = object.id JOIN study ON study.id = object.study
            WHERE fixed.job = ? ORDER BY object.sop_instance
            """, [job]
        ).map {
            ResultReference(
                document: try Document($0), study: try $0.uid("study_uid"), series: try $0.uid("series"),
                sopClass: try $0.uid("sop_class"), sopInstance: try $0.uid("sop_instance"))
        }
    }
}
