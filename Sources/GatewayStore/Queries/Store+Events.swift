public import DICOMCore
import GRDB

extension Store {
    /// Appends to the record. `text` names no patient.
    public func note(_ kind: Event.Kind, study: UID? = nil, _ text: String) throws {
        try write { try $0.note(kind, at: now(), study: study?.string, text) }
    }

    /// The newest events first.
    public func events(of study: UID? = nil, limit: Int = 1000) throws -> [Event] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM event WHERE ? IS NULL OR study = ?1 ORDER BY id DESC LIMIT ?",
                arguments: [study?.string, limit]
            ).map { row in
                Event(
                    id: row["id"], at: row.date("at"), kind: try row.value("kind"), study: row["study"],
                    text: row["text"])
            }
        }
    }
}
