public import DICOMCore
public import Foundation
import GRDB

extension Store {
    /// Says which destinations there are. What waits for one that is gone stays, and says so, until it comes back or the
    /// operator drops it.
    public func setDestinations(_ destinations: [DestinationRecord]) throws {
        try write { database in
            try database.execute(sql: "DELETE FROM destination")
            for destination in destinations {
                try database.execute(
                    sql: "INSERT INTO destination (name, kinds, report_classes) VALUES (?, ?, ?)",
                    arguments: [
                        destination.name, destination.kinds.joined(separator: "\\"),
                        destination.reportClasses.map(\.string).joined(separator: "\\"),
                    ])
            }
            try database.execute(
                sql: """
                    UPDATE outgoing SET last_error = 'no destination has this name any more; configure one, or drop this'
                    WHERE state = 'waiting' AND destination NOT IN (SELECT name FROM destination)
                    """)
        }
    }

    public func destinations() throws -> [DestinationRecord] { try read(Self.destinations) }

    private static func destinations(in database: Database) throws -> [DestinationRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM destination ORDER BY name").map { row in
            let kinds: String = row["kinds"]
            let classes: String = row["report_classes"]
            return DestinationRecord(
                name: row["name"], kinds: kinds.split(separator: "\\").map(String.init),
                reportClasses: try classes.split(separator: "\\").map { text in
                    guard let uid = UID(text) else {
                        throw StoreError.unreadable(column: "destination.report_classes", value: classes)
                    }
                    return uid
                })
        }
    }

    /// Outbox rows for every destination; of documents of one kind each gets the one that it prefers.
    func queue(_ objects: [(document: Completion.Document, id: Int64)], job: Int64, in database: Database) throws {
        for destination in try Self.destinations(in: database) {
            for kind in destination.kinds {
                let choices = objects.filter { $0.document.kind == kind }
                let preferred = destination.reportClasses.lazy.compactMap { wanted in
                    choices.first { $0.document.sopClass == wanted }
                }.first
                guard let choice = preferred ?? choices.first else { continue }
                try database.execute(
                    sql: """
                        INSERT INTO outgoing (job, destination, kind, object, state, next_try)
                        VALUES (?, ?, ?, ?, 'waiting', ?) ON CONFLICT DO NOTHING
                        """, arguments: [job, destination.name, kind, choice.id, now().milliseconds])
            }
        }
    }

    /// What is due at a destination, oldest first.
    /// - Parameter longestDelay: a next try further away than this was set under a clock that has since been put back,
    ///   and is due.
    public func dueDeliveries(to destination: String, limit: Int, longestDelay: TimeInterval) throws -> [Delivery] {
        try read { database in
            let time = now()
            return try Row.fetchAll(
                database,
                sql: Self.deliverySQL + """
                     WHERE outgoing.state = 'waiting' AND outgoing.destination = ?
                        AND (outgoing.next_try <= ? OR outgoing.next_try > ?)
                    ORDER BY outgoing.id LIMIT ?
                    """,
                arguments: [
                    destination, time.milliseconds, time.addingTimeInterval(longestDelay).milliseconds, limit,
                ]
            ).map(delivery)
        }
    }

    /// Writes down what came of one try.
    public func settle(delivery id: Int64, _ outcome: DeliveryOutcome) throws {
        try write { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: Self.deliverySQL + " WHERE outgoing.id = ?", arguments: [id])
            else { throw StoreError.unknown(kind: "delivery", name: "\(id)") }
            let delivery = try delivery(row)
            switch outcome {
            case .delivered(let warning): try end(delivery, .delivered, .delivered, warning, in: database)
            case .refused(let error): try end(delivery, .dead, .refused, error, in: database)
            case .classNotTaken(let error): try fallBack(delivery, error, in: database)
            case .later(let delay, let error):
                try database.execute(
                    sql: "UPDATE outgoing SET tries = tries + 1, next_try = ?, last_error = ? WHERE id = ?",
                    arguments: [now().addingTimeInterval(delay).milliseconds, error, id])
                // A destination that is down for a week would fill the record: the first try and the error's changes do.
                if delivery.lastError != error {
                    try database.note(
                        .delayed, at: now(), study: delivery.object.study.string,
                        "\(delivery.kind) \(delivery.object.sopInstance) to \(delivery.destination): \(error)")
                }
            }
            try settleStudy(ofDelivery: id, in: database)
        }
    }

    private func end(
        _ delivery: Delivery, _ state: DeliveryState, _ kind: Event.Kind, _ text: String?, in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE outgoing SET state = ?, tries = tries + 1, last_error = ? WHERE id = ?",
            arguments: [state.rawValue, text, delivery.id])
        try database.note(
            kind, at: now(), study: delivery.object.study.string,
            "\(delivery.kind) \(delivery.object.sopInstance) to \(delivery.destination)\(text.map { ": \($0)" } ?? "")")
    }

    /// Takes the destination's next choice of SOP class for the same document.
    private func fallBack(_ delivery: Delivery, _ error: String, in database: Database) throws {
        let destination = try Self.destinations(in: database).first { $0.name == delivery.destination }
        let order = destination?.reportClasses ?? []
        let next = order.drop { $0 != delivery.object.sopClass }.dropFirst()
        for sopClass in next {
            let object = try Int64.fetchOne(
                database,
                sql: """
                    SELECT object.id FROM result JOIN object ON object.id = result.object
                    WHERE result.kind = ? AND object.sop_class = ?
                        AND result.job = (SELECT job FROM outgoing WHERE id = ?)
                    """, arguments: [delivery.kind, sopClass.string, delivery.id])
            guard let object else { continue }
            try database.execute(
                sql: "UPDATE outgoing SET object = ?, next_try = ?, last_error = ? WHERE id = ?",
                arguments: [object, now().milliseconds, error, delivery.id])
            return try database.note(
                .fellBack, at: now(), study: delivery.object.study.string,
                "\(delivery.kind) to \(delivery.destination) as \(SOPClass(uid: sopClass).name): \(error)")
        }
        try end(delivery, .dead, .refused, error, in: database)
    }

    func settleStudy(ofDelivery id: Int64, in database: Database) throws {
        let study = try Int64.fetchOne(
            database, sql: "SELECT job.study FROM outgoing JOIN job ON job.id = outgoing.job WHERE outgoing.id = ?",
            arguments: [id])
        if let study { try settleUnlessReceiving(study, in: database) }
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

    private static let deliverySQL = """
        SELECT \(StoredObject.columns), outgoing.id AS outgoing_id, outgoing.destination, outgoing.kind, outgoing.state,
            outgoing.tries, outgoing.next_try, outgoing.last_error
        FROM outgoing JOIN object ON object.id = outgoing.object JOIN study ON study.id = object.study
        """

    private func delivery(_ row: Row) throws -> Delivery {
        Delivery(
            id: row["outgoing_id"], destination: row["destination"], kind: row["kind"], state: try row.value("state"),
            tries: row["tries"], nextTry: row.date("next_try"), lastError: row["last_error"],
            object: try StoredObject(row, layout: layout))
    }
}
