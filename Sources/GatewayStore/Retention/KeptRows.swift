import DICOMCore
import GRDB
import Workflow

/// A study's rows as the value that the rules of retention ask for.
struct KeptRow {
    /// Bytes of whole blocks.
    typealias Amount = (files: Int, bytes: Int64)

    let id: Int64
    let uid: UID
    let lastArrival: Int64
    let study: KeptStudy
    let sources: Amount
    let results: Amount
}

extension Lives {
    /// - Parameters:
    ///   - condition: of rows of `study`.
    ///   - order: of them, and how many.
    func keptStudies(
        where condition: String, _ arguments: StatementArguments, order: String = ""
    ) throws -> [KeptRow] {
        try rows("\(Self.keptSQL) WHERE \(condition) \(order)", arguments).map(keptRow)
    }

    private func keptRow(_ row: Row) throws -> KeptRow {
        let dead: Int = row["current_dead"]
        let current = DeliveryCount(
            waiting: row["current_waiting"], delivered: row["delivered"], givenUp: dead + row["current_dropped"])
        let jobEnded = (row["ended_at"] ?? row["finished_at"] ?? row["last_arrival"]) as Int64
        return KeptRow(
            id: row["id"], uid: try row.uid("uid"), lastArrival: row["last_arrival"],
            study: KeptStudy(
                state: try row.value("state"),
                job: try row["job_state"] == nil ? nil : row.value("job_state"),
                hasOpenJob: row["has_open_job"], setAside: row["set_aside"],
                deliveries: KeptStudy.Deliveries(
                    current: current, currentRefused: dead, refused: row["dead"], waiting: row["waiting"]),
                hasDestinations: row["has_destinations"],
                since: Timestamp(milliseconds: max(jobEnded, row["newest"] ?? 0))),
            sources: (row["source_files"], row["source_bytes"]), results: (row["result_files"], row["result_bytes"]))
    }

    /// Notes that nobody needs any more leave nobody without a report, as in ``deliveryCount(of:)``.
    private static let keptSQL = """
        SELECT study.id, study.uid, study.state, study.last_arrival, job.state AS job_state, job.finished_at,
            EXISTS (SELECT 1 FROM job AS open WHERE open.study = study.id
                AND open.state IN ('waiting', 'running', 'parked')) AS has_open_job,
            (SELECT count(*) FROM object JOIN aside ON aside.object = object.id WHERE object.study = study.id) AS set_aside,
            (SELECT count(*) FROM job AS one JOIN outgoing ON outgoing.job = one.id
                WHERE one.study = study.id AND outgoing.state IN ('waiting', 'sending')) AS waiting,
            (SELECT count(*) FROM job AS one JOIN outgoing ON outgoing.job = one.id
                WHERE one.study = study.id AND outgoing.state = 'dead') AS dead,
            (SELECT count(*) FROM outgoing WHERE outgoing.job = job.id AND state IN ('waiting', 'sending')) AS current_waiting,
            (SELECT count(*) FROM outgoing WHERE outgoing.job = job.id AND state = 'delivered') AS delivered,
            (SELECT count(*) FROM outgoing WHERE outgoing.job = job.id AND state = 'dead') AS current_dead,
            (SELECT count(*) FROM outgoing
                WHERE outgoing.job = job.id AND state = 'dropped' AND kind <> 'key objects') AS current_dropped,
            (SELECT max(ended_at) FROM outgoing WHERE outgoing.job = job.id) AS ended_at,
            EXISTS (SELECT 1 FROM destination) AS has_destinations,
            (SELECT count(*) FROM object WHERE \(sources)) AS source_files,
            (SELECT ifnull(sum(\(SpaceUse.blocks)), 0) FROM object WHERE \(sources)) AS source_bytes,
            (SELECT max(received_at) FROM object WHERE \(sources)) AS newest,
            (SELECT count(*) FROM object WHERE \(results)) AS result_files,
            (SELECT ifnull(sum(\(SpaceUse.blocks)), 0) FROM object WHERE \(results)) AS result_bytes
        FROM study LEFT JOIN job ON job.study = study.id AND job.revision = study.revision
        """

    private static let sources = "object.study = study.id AND origin <> 'result' AND removed_at IS NULL"
    private static let results = "object.study = study.id AND origin = 'result' AND removed_at IS NULL"
}
