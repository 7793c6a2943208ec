import DICOMCore
import Foundation
import GRDB
import Workflow

/// Times in the database: milliseconds since 1970, UTC.
extension Date {
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}

extension Row {
    func date(_ column: String) -> Date { Date(milliseconds: self[column]) }

    func uid(_ column: String) throws -> UID {
        let text: String = self[column]
        guard let uid = UID(text) else { throw StoreError.unreadable(column: column, value: text) }
        return uid
    }

    func value<Value: RawRepresentable>(_ column: String, as: Value.Type = Value.self) throws -> Value
    where Value.RawValue == String {
        let text: String = self[column]
        guard let value = Value(rawValue: text) else { throw StoreError.unreadable(column: column, value: text) }
        return value
    }

    func digest(_ column: String) throws -> ObjectDigest {
        let data: Data = self[column]
        guard let digest = ObjectDigest(data) else {
            throw StoreError.unreadable(column: column, value: "\(data.count) bytes")
        }
        return digest
    }
}

extension Store {
    /// Whether the file that a row with `path` and `bytes` names is there, with that length.
    func holdsFile(of row: Row) throws -> Bool {
        try files.size(layout.absolute(row["path"])) == row["bytes"] as Int64
    }
}

extension StoredObject {
    /// Columns of `object` with `study_uid` joined.
    static let columns = """
        object.id, study.uid AS study_uid, object.series, object.sop_class, object.sop_instance,
        object.transfer_syntax, object.origin, object.path, object.bytes, object.sha256, object.received_at,
        object.calling_ae, object.removed_at
        """

    init(_ row: Row, layout: SpoolLayout) throws {
        self.init(
            id: row["id"], study: try row.uid("study_uid"), series: try row.uid("series"),
            sopClass: try row.uid("sop_class"), sopInstance: try row.uid("sop_instance"),
            transferSyntax: try row.uid("transfer_syntax"), origin: try row.value("origin"),
            file: layout.url(row["path"]), bytes: row["bytes"], digest: try row.digest("sha256"),
            receivedAt: row.date("received_at"), callingAE: row["calling_ae"],
            removedAt: (row["removed_at"] as Int64?).map(Date.init(milliseconds:)))
    }
}
