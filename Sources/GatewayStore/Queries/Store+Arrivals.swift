import DICOMCore
import Foundation
import GRDB
public import Workflow

extension Store {
    /// Writes the rows of all arrivals in one transaction, so that associations that wait share one commit. The files
    /// must be durable under their final names.
    /// - Returns: what became of each, in order. The files of `same` and `refused` ones are no longer wanted.
    public func record(_ arrivals: [Arrival], duplicates: DuplicatePolicy = .setAside) throws -> [Disposition] {
        guard !arrivals.isEmpty else { return [] }
        return try live { lives in
            try arrivals.map { try record($0, duplicates, lives) }
        }
    }

    private func record(_ arrival: Arrival, _ duplicates: DuplicatePolicy, _ lives: Lives) throws -> Disposition {
        let row = try lives.row("SELECT * FROM object WHERE sop_instance = ?", [arrival.identity.sopInstance.string])
        let kept = try row.map { try keptObject($0, lives) }
        switch ArrivalDisposition(of: arrival.digest, kept: kept, duplicates: duplicates) {
        case .same: return .same
        case .refuse: return .refused
        case .keep: return try keep(arrival, lives)
        case .repair:
            guard let row else { return .same }
            try repair(row, with: arrival, lives)
            return .kept(study: arrival.identity.study, opensStudy: true)
        case .repairAside(let id):
            let former: String? = try lives.row("SELECT path FROM aside WHERE id = ?", [id])?["path"]
            try lives.update("aside", id, arrival.fileColumns)
            if let former { try lives.removeUnlessNamed(former, but: arrival.path) }
            try lives.tell(aside: id, .repaired(at: lives.now))
            return .setAside
        case .setAside:
            guard let row, let kept else { return .same }
            try lives.makeAside(arrival, beside: row["id"], keptIsLost: kept.file == .gone)
            let text = "\(arrival.identity.sopInstance) from \(arrival.callingAE) has other bytes than the one kept"
            try lives.note(Note(.setAside, text), study: arrival.identity.study.string)
            return .setAside
        }
    }

    /// With files as they are now. Asked only for a UID that is taken.
    private func keptObject(_ row: Row, _ lives: Lives) throws -> KeptObject {
        let asides = try lives.rows("SELECT * FROM aside WHERE object = ?", [row["id"] as Int64])
        return KeptObject(
            digest: try row.digest("sha256"), file: try lives.isKept(row) ? file(of: row) : .gone,
            asides: try asides.map {
                KeptObject.Aside(id: $0["id"], digest: try $0.digest("sha256"), file: try file(of: $0))
            })
    }

    private func file(of row: Row) throws -> KeptObject.File {
        try holdsFile(of: row) ? .whole : .gone
    }

    private func keep(_ arrival: Arrival, _ lives: Lives) throws -> Disposition {
        let identity = arrival.identity
        let provenance = identity.provenance(ownDeviceUID: deviceUID)
        let event = StudyWorkflow.Arrival(provenance, at: Timestamp(arrival.receivedAt))
        var study: StudyLife
        var wasOpen = false
        if let known = try lives.study(identity.study) {
            study = known
            wasOpen = known.machine.state.name == .receiving
            try lives.tell(&study, .arrived(event))
        } else {
            study = try lives.makeStudy(identity.study, first: event)
        }
        let isOpen = study.machine.state.name == .receiving
        if isOpen, !wasOpen {
            let text = "\(arrival.callingAE) sends, first \(identity.sopInstance)"
            try lives.note(Note(.received, text), study: identity.study.string)
        }
        let origin: ObjectOrigin = provenance.isOurs ? .echo : .received
        try lives.keepSources(of: study.id)
        try lives.database.cachedStatement(
            sql: """
                INSERT INTO object (study, sop_instance, sop_class, series, modality, transfer_syntax, path, bytes, sha256,
                    received_at, calling_ae, association, origin, image)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            study.id, identity.sopInstance.string, identity.sopClass.string, identity.series.string,
            identity.modality, arrival.transferSyntax.string, arrival.path, arrival.bytes, Data(arrival.digest.bytes),
            arrival.receivedAt.milliseconds, arrival.callingAE, arrival.association, origin.rawValue,
            provenance.isImageToAnalyse,
        ])
        return .kept(
            study: identity.study, opensStudy: !provenance.isOurs && isOpen)
    }

    private func repair(_ row: Row, with arrival: Arrival, _ lives: Lives) throws {
        try lives.removeUnlessNamed(row["path"], but: arrival.path)
        try lives.update("object", row["id"], arrival.fileColumns.and(["lost": 0]))
        if row["removed_at"] != nil { try lives.keepAgain(row, receivedAt: Timestamp(arrival.receivedAt)) }
        try lives.repaired(row)
    }
}

extension Arrival {
    /// Where its bytes are, for a row whose file was gone. The digest is the row's.
    fileprivate var fileColumns: Columns {
        ["path": path, "bytes": bytes, "transfer_syntax": transferSyntax.string]
    }
}
