import DICOMCore

/// One line of an exported archive's manifest: the columns that training reads (`path`, `class`, `source`, `patient`,
/// `split`, `orig_width`, `orig_height`, `sha256`), then where the picture came from.
public struct ExportRow: Codable, Hashable, Sendable {
    /// Of the picture, below the output folder.
    public var path: String
    /// Keyed hash of the patient's id; empty when the object has none.
    public var patient: String
    public var originalWidth: Int
    public var originalHeight: Int
    /// Of the picture's file.
    public var sha256: String
    /// The source's path, or a keyed hash of it where pictures don't bear its name.
    public var sourceFile: String
    /// These three are UIDs in the place of the object's own (``Pseudonym``).
    public var sopInstanceUID: String
    public var seriesInstanceUID: String
    public var studyInstanceUID: String
    public var modality: String
    public var view: String
    public var bodyPart: String
    /// 1-based.
    public var frame: Int
    public var rows: Int
    public var columns: Int
    /// How stored values became grey levels.
    public var window: String

    /// The manifest's first line. `class`, `source` and `split` are for whoever trains to fill in.
    public static let header = CSV.line([
        "path", "class", "source", "patient", "split", "orig_width", "orig_height", "sha256", "source_file",
        "sop_instance_uid", "series_instance_uid", "study_instance_uid", "modality", "view", "body_part", "frame",
        "rows", "columns", "window",
    ])

    public var line: String {
        CSV.line([
            path, "", "", patient, "", String(originalWidth), String(originalHeight), sha256, sourceFile,
            sopInstanceUID, seriesInstanceUID, studyInstanceUID, modality, view, bodyPart, String(frame), String(rows),
            String(columns), window,
        ])
    }
}

/// What an ``ExportRow`` leaves out, for those who may know it.
struct OriginalRow {
    var path: String
    var sourceFile: String
    var identity: InstanceIdentity

    static let header = CSV.line([
        "path", "source_file", "sop_instance_uid", "series_instance_uid", "study_instance_uid",
    ])

    var line: String {
        let uids = [identity.sopInstanceUID, identity.seriesInstanceUID, identity.studyInstanceUID]
        return CSV.line([path, sourceFile] + uids.map { $0?.string ?? "" })
    }
}

/// Comma-separated values (RFC 4180), with line feeds.
package enum CSV {
    package static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\n"
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
