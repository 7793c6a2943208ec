import DICOMCore
import GRDB
import Workflow

extension Lives {
    /// A received object's file is gone or is not what came: its row stays, so that the operator sees it and the same
    /// object, sent again, takes its place.
    func lose(object id: Int64) throws {
        guard let row = try row("SELECT * FROM object WHERE id = ?", [id]), isKept(row)
        else { return }
        let uid = try row.uid("sop_instance")
        try update("object", id, ["lost": 1])
        for aside in try ids("SELECT id FROM aside WHERE object = ?", [id]) { try tell(aside: aside, .keptLost) }
        for job in try ids("SELECT job FROM job_image WHERE object = ? AND missing = 0", [id]) {
            try tell(job: job, .imagesLost([uid], at: now))
        }
        try tell(study: row["study"], .objectLost(uid, isImage: row["image"], at: now))
    }

    /// Whether a row is still there and names the file: others may have changed it since it was read.
    func isNamed(_ path: String, in table: String, _ id: Int64) throws -> Bool {
        try row("SELECT 1 FROM \(table) WHERE id = ? AND path = ?", [id, path]) != nil
    }

    /// A result's file is gone: its job makes it again where that gives the same bytes.
    func lose(result id: Int64, recipe: Recipe) throws {
        try update("object", id, ["lost": 1])
        for job in try ids("SELECT job FROM result WHERE object = ?", [id]) {
            try tell(
                job: job,
                .resultLost(
                    results: try resultDigests(of: job), recipe: recipe,
                    imagesRemoved: try hasLostImagesToRetention(job),
                    at: now))
        }
    }

    /// A file that was gone is there again, with its bytes.
    func find(object id: Int64) throws {
        guard let row = try row("SELECT * FROM object WHERE id = ?", [id]) else { return }
        try update("object", id, ["lost": 0])
        // A result's job makes it again all the same, or another revision has taken its place.
        if try row.value("origin", as: ObjectOrigin.self) != .result { try repaired(row) }
    }

    /// Everybody hears that a kept object's file is what came, or another's.
    /// - Parameter accepted: the set-aside object whose file took its place, which knows.
    func repaired(_ object: Row, by accepted: Int64? = nil) throws {
        let asides = try ids("SELECT id FROM aside WHERE object = ?", [object["id"] as Int64])
        for aside in asides where aside != accepted { try tell(aside: aside, .keptChanged(at: now)) }
        try tell(
            study: object["study"],
            .arrived(StudyWorkflow.Arrival(try Provenance(object), repairs: true, at: now)))
    }
}

extension Provenance {
    /// Of a row of `object`, as reception decided.
    init(_ row: Row) throws {
        self.init(
            sopClass: try row.uid("sop_class"), sopInstance: try row.uid("sop_instance"), modality: row["modality"],
            manufacturer: nil, deviceUID: nil, ownDeviceUID: nil)
        if try row.value("origin", as: ObjectOrigin.self) != .received { maker = .thisNode }
    }
}
