public import DICOMCore
public import Foundation
import GRDB
public import Workflow

extension Store {
    /// Says which destinations there are. What waits for one that is gone stays, and says so, until it comes back or the
    /// operator drops it.
    public func setDestinations(_ destinations: [DestinationRecord]) throws {
        try live { lives in
            try lives.database.execute(sql: "DELETE FROM destination")
            for destination in destinations { try destination.insert(in: lives.database) }
            let left = try lives.ids(
                """
                SELECT id FROM outgoing WHERE state = 'waiting' AND destination NOT IN (SELECT name FROM destination)
                """, [])
            for id in left { try lives.tell(delivery: id, .destinationRemoved) }
        }
    }

    public func destinations() throws -> [DestinationRecord] { try read(DestinationRecord.all) }

    /// Takes what is due at a destination, oldest first.
    /// - Parameter lease: seconds after which a claim falls back.
    public func claimDeliveries(
        to destination: String, by owner: Owner, limit: Int, lease: TimeInterval
    ) throws -> [Delivery] {
        let isAnything = try look { lives in
            try lives.hasRunOut("outgoing", where: "state = 'sending' AND destination = ?", [destination])
                || !dueDeliveries(to: destination, limit: 1, lives).isEmpty
        }
        guard isAnything else { return [] }
        return try live { lives in
            for id in try lives.ids(
                "SELECT id FROM outgoing WHERE state = 'sending' AND destination = ?", [destination])
            {
                try lives.tell(delivery: id, .swept(at: lives.now, clockJumped: false, random: lives.random))
            }
            let claim = Claim(owner: owner, at: lives.now, lease: .seconds(lease))
            return try dueDeliveries(to: destination, limit: limit, lives).map { id in
                // Only what waits for nothing was looked for.
                try lives.tell(delivery: id, .claimed(claim, about: .there))
                return try delivery(id, in: lives.database)
            }
        }
    }

    /// A note waits until the destination has the object that it is about.
    private func dueDeliveries(to destination: String, limit: Int, _ lives: Lives) throws -> [Int64] {
        try lives.ids(
            """
            SELECT id FROM outgoing WHERE state = 'waiting' AND (next_try <= ? OR next_try > ?) AND destination = ?
                AND (kind <> 'key objects' OR subject = '' OR EXISTS (
                    SELECT 1 FROM object JOIN outgoing AS former ON former.object = object.id
                    WHERE object.sop_instance = outgoing.subject AND former.destination = outgoing.destination
                        AND former.state = 'delivered'))
            ORDER BY id LIMIT ?
            """, lives.due + [destination, limit])
    }

    /// Writes down what came of one try.
    /// - Returns: where the delivery stands now.
    @discardableResult
    public func settle(delivery id: Int64, by owner: Owner, _ outcome: DeliveryOutcome) throws -> DeliveryState {
        try live { lives in
            let life = try lives.delivery(id)
            let event: DeliveryWorkflow.Event =
                switch outcome {
                case .accepted(let warning):
                    .accepted(life.machine.state.rendition, warning: warning, at: lives.now)
                case .failed(let cause): .failed(by: owner, cause, at: lives.now, random: lives.random)
                case .classNotTaken(let reason):
                    .classNotTaken(
                        by: owner, reason: reason, made: try lives.renditions(of: life),
                        try preference(of: life.machine.destination, lives), at: lives.now)
                case .refused(let reason): .refused(by: owner, reason: reason)
                case .notTried: .released(by: owner, at: lives.now)
                }
            try lives.tell(delivery: id, event)
            return try lives.delivery(id).machine.state.name
        }
    }

    private func preference(of destination: String, _ lives: Lives) throws -> RenditionPreference {
        let record = try DestinationRecord.all(in: lives.database).first { $0.name == destination }
        return record?.preference ?? RenditionPreference(classes: [])
    }

    /// A result's file could not be read when it was to be sent. Where it is gone, its job makes it again.
    public func checkFile(of delivery: Delivery) throws {
        guard try files.size(delivery.object.file.path) != delivery.object.bytes else { return }
        try live { try $0.lose(result: delivery.object.id, recipe: try recipeInForce($0)) }
    }

    /// The outbox, newest first.
    public func deliveries(
        of study: UID? = nil, in states: Set<DeliveryState>? = nil, limit: Int = 1000
    ) throws -> [Delivery] {
        try read { database in
            let wanted = states ?? Set(DeliveryState.allCases)
            return try Row.fetchAll(
                database,
                sql: Self.deliverySQL + """
                     WHERE outgoing.state IN (\(databaseQuestionMarks(count: wanted.count)))
                        AND study.uid = ifnull(?, study.uid)
                    ORDER BY outgoing.id DESC LIMIT ?
                    """,
                arguments: StatementArguments(wanted.map(\.rawValue)) + [study?.string, limit]
            ).map(delivery)
        }
    }

    private func delivery(_ id: Int64, in database: Database) throws -> Delivery {
        let sql = Self.deliverySQL + " WHERE outgoing.id = ?"
        guard let row = try Row.fetchOne(database, sql: sql, arguments: [id]) else {
            throw StoreError.unknown(kind: "delivery", name: "\(id)")
        }
        return try delivery(row)
    }

    private static let deliverySQL = """
        SELECT \(StoredObject.columns), outgoing.id AS outgoing_id, outgoing.destination, outgoing.kind, outgoing.subject,
            outgoing.state, outgoing.failures, outgoing.unclear, outgoing.put_off, outgoing.next_try, outgoing.reason
        FROM outgoing JOIN object ON object.id = outgoing.object JOIN study ON study.id = object.study
        """

    private func delivery(_ row: Row) throws -> Delivery {
        let tries: [Int] = [row["failures"], row["unclear"], row["put_off"]]
        return Delivery(
            id: row["outgoing_id"], destination: row["destination"], document: try Document(row),
            state: try row.value("state"), tries: tries.reduce(0, +), nextTry: row.date("next_try"),
            lastError: row["reason"], object: try StoredObject(row, layout: layout))
    }
}

extension DestinationRecord {
    var preference: RenditionPreference { RenditionPreference(classes: reportClasses) }

    static func all(in database: Database) throws -> [DestinationRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM destination ORDER BY name").map { row in
            let kinds: String = row["kinds"]
            let classes: String = row["report_classes"]
            return DestinationRecord(
                name: row["name"],
                kinds: try kinds.split(separator: "\\").map { text in
                    guard let kind = Document.Kind(rawValue: String(text)) else {
                        throw StoreError.unreadable(column: "destination.kinds", value: kinds)
                    }
                    return kind
                },
                reportClasses: try classes.split(separator: "\\").map { text in
                    guard let uid = UID(text) else {
                        throw StoreError.unreadable(column: "destination.report_classes", value: classes)
                    }
                    return uid
                }, wantsNotAnalysable: row["not_analysable"])
        }
    }

    fileprivate func insert(in database: Database) throws {
        try database.execute(
            sql: "INSERT INTO destination (name, kinds, report_classes, not_analysable) VALUES (?, ?, ?, ?)",
            arguments: [
                name, kinds.map(\.rawValue).joined(separator: "\\"),
                reportClasses.map(\.string).joined(separator: "\\"), wantsNotAnalysable,
            ])
    }
}
