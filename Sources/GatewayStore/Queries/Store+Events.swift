public import DICOMCore
import GRDB
public import Workflow

extension Store {
    /// Appends to the record. `text` names no patient.
    public func note(_ kind: Note.Kind, study: UID? = nil, _ text: String) throws {
        try live { try $0.note(Note(kind, text), study: study?.string) }
    }

    /// Writes down of each study that an operator was shown who the patient is.
    /// - Parameter user: who asked.
    public func noteIdentified(_ studies: [UID], by user: String) throws {
        let note = Note(.identified, "the patient was shown to \(user)")
        try live { lives in
            for study in studies { try lives.note(note, study: study.string) }
        }
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
