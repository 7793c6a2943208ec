import DICOMCore
import Foundation
import GRDB
import Workflow

/// What to do with other bytes under a UID that is taken.
public enum DuplicatePolicy: String, Sendable, CaseIterable {
    /// Success for the peer; kept aside and compared.
    case setAside = "set aside"
    /// Refused with 0x0111.
    case refuse
}

extension Store {
    /// Writes the rows of all arrivals in one transaction, so that associations that wait share one commit. The files
    /// must be durable under their final names.
    /// - Returns: what became of each, in order. The files of `same` and `refused` ones are no longer wanted.
    public func record(_ arrivals: [Arrival], duplicates: DuplicatePolicy = .setAside) throws -> [Disposition] {
        guard !arrivals.isEmpty else { return [] }
        return try write { database in
            try arrivals.map { try record($0, duplicates, in: database) }
        }
    }

    private func record(
        _ arrival: Arrival, _ duplicates: DuplicatePolicy, in database: Database
    ) throws -> Disposition {
        let known = try Row.fetchOne(
            try database.cachedStatement(sql: "SELECT id, sha256, lost FROM object WHERE sop_instance = ?"),
            arguments: [arrival.identity.sopInstance.string])
        guard let known else { return try insert(arrival, in: database) }
        let isSame: Bool = try known.digest("sha256") == arrival.digest
        if isSame, known["lost"] == 1 { return try replaceLost(known["id"], with: arrival, in: database) }
        if isSame { return .same }
        switch duplicates {
        case .refuse: return .refused
        case .setAside: return try setAside(arrival, beside: known["id"], in: database)
        }
    }

    private func insert(_ arrival: Arrival, in database: Database) throws -> Disposition {
        let identity = arrival.identity
        let origin: ObjectOrigin = identity.deviceUID == deviceUID ? .echo : .received
        let opens = origin == .received
        let study = try touchStudy(
            identity.study, at: arrival.receivedAt, opens: opens && identity.isImageToAnalyse, in: database)
        try database.cachedStatement(
            sql: """
                INSERT INTO object (study, sop_instance, sop_class, series, modality, transfer_syntax, path, bytes, sha256,
                    received_at, calling_ae, association, origin, image)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            study.id, identity.sopInstance.string, identity.sopClass.string, identity.series.string,
            identity.modality, arrival.transferSyntax.string, arrival.path, arrival.bytes, Data(arrival.digest.bytes),
            arrival.receivedAt.milliseconds, arrival.callingAE, arrival.association, origin.rawValue,
            origin == .received && identity.isImageToAnalyse,
        ])
        if origin == .echo {
            try database.note(
                .echo, at: arrival.receivedAt, study: identity.study.string,
                "\(identity.sopInstance) from \(arrival.callingAE) is ours: kept, not analysed")
        } else if study.wasClosed {
            try database.note(
                .received, at: arrival.receivedAt, study: identity.study.string,
                "\(arrival.callingAE) sends, first \(identity.sopInstance)")
        }
        return .kept(study: identity.study, opensStudy: opens)
    }

    /// The study's row, made or brought up to date. A closed study opens again only for an image to analyse: what
    /// else comes late (a presentation state, a dose report, our own report) is kept and changes no report.
    private func touchStudy(
        _ uid: UID, at date: Date, opens: Bool, in database: Database
    ) throws -> (id: Int64, wasClosed: Bool) {
        let time = date.milliseconds
        let row = try Row.fetchOne(
            try database.cachedStatement(sql: "SELECT id, state FROM study WHERE uid = ?"), arguments: [uid.string])
        guard let row else {
            try database.cachedStatement(
                sql: """
                    INSERT INTO study (uid, state, first_arrival, opened_at, last_arrival)
                    VALUES (?, 'receiving', ?, ?, ?)
                    """
            ).execute(arguments: [uid.string, time, time, time])
            return (database.lastInsertedRowID, true)
        }
        let isOpen = try row.value("state", as: StudyState.self) == .receiving
        let id: Int64 = row["id"]
        if isOpen {
            try database.cachedStatement(sql: "UPDATE study SET last_arrival = max(last_arrival, ?) WHERE id = ?")
                .execute(arguments: [time, id])
        } else if opens {
            try database.cachedStatement(
                sql: """
                    UPDATE study SET state = 'receiving', reason = NULL, forced = 0, opened_at = ?1, last_arrival = ?1
                    WHERE id = ?2
                    """
            ).execute(arguments: [time, id])
        }
        return (id, !isOpen && opens)
    }

    private func setAside(_ arrival: Arrival, beside object: Int64, in database: Database) throws -> Disposition {
        try database.cachedStatement(
            sql: """
                INSERT INTO aside (object, transfer_syntax, path, bytes, sha256, received_at, calling_ae, association,
                    state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting') ON CONFLICT (object, sha256) DO NOTHING
                """
        ).execute(arguments: [
            object, arrival.transferSyntax.string, arrival.path, arrival.bytes, Data(arrival.digest.bytes),
            arrival.receivedAt.milliseconds, arrival.callingAE, arrival.association,
        ])
        guard database.changesCount == 1 else { return .same }
        try database.note(
            .setAside, at: arrival.receivedAt, study: arrival.identity.study.string,
            "\(arrival.identity.sopInstance) from \(arrival.callingAE) has other bytes than the one kept")
        return .setAside
    }

    private func replaceLost(_ object: Int64, with arrival: Arrival, in database: Database) throws -> Disposition {
        try database.execute(
            sql: "UPDATE object SET path = ?, bytes = ?, lost = 0 WHERE id = ?",
            arguments: [arrival.path, arrival.bytes, object])
        let study = arrival.identity.study
        _ = try touchStudy(study, at: arrival.receivedAt, opens: arrival.identity.isImageToAnalyse, in: database)
        try database.note(
            .recovered, at: arrival.receivedAt, study: study.string,
            "\(arrival.identity.sopInstance) was lost and came again from \(arrival.callingAE)")
        return .kept(study: study, opensStudy: true)
    }
}
