import DICOMCore
public import Foundation
import GRDB
import Workflow

/// Makes the database anew from the spool's files (docs/decisions/0017-rebuilding-the-database.md). Objects come first,
/// then the results, which keep their UIDs, dates and revisions; then every study whose images its newest results are
/// of is closed, so that nothing is reported a second time under other UIDs. What was delivered can't be known: it goes
/// again, the same bytes under the same UIDs.
struct Rebuild {
    /// Rows written in one transaction.
    private static let batch = 500

    let store: Store
    let read: ResultReader
    let progress: (Int) -> Void
    private(set) var report = RebuildReport()
    private var done = 0
    /// Of the newest result.
    private var device: (uid: UID, madeAt: Date)?

    /// - Parameter store: an empty one, on a database that is a draft.
    init(_ store: Store, read: @escaping ResultReader, progress: @escaping (Int) -> Void) {
        self.store = store
        self.read = read
        self.progress = progress
    }

    private var files: any SpoolFileSystem { store.files }
    private var layout: SpoolLayout { store.layout }

    mutating func run(destinations: [DestinationRecord]) throws {
        // A draft is made again if the machine dies meanwhile.
        try translated {
            try store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        }
        try store.setDestinations(destinations)
        for day in try days(in: layout.objects) { try takeObjects("objects/\(day)") }
        for day in try days(in: layout.results) { try takeResults("results/\(day)") }
        try coverImages()
        try closeStudies()
        try finish()
    }

    private func days(in folder: String) throws -> [String] {
        try files.list(folder).filter { $0.allSatisfy(\.isNumber) }.sorted()
    }

    // MARK: Files

    /// Paths in the order in which their files were written.
    private func paths(in folder: String) throws -> [(path: String, writtenAt: Date)] {
        let now = store.now()
        return try files.list(layout.absolute(folder)).map { name in
            let path = "\(folder)/\(name)"
            var status = stat()
            guard stat(layout.absolute(path), &status) == 0 else { return (path, now) }
            let written = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
            return (path, min(now, Date(timeIntervalSince1970: written)))
        }.sorted { ($0.writtenAt, $0.path) < ($1.writtenAt, $1.path) }
    }

    private mutating func takeObjects(_ folder: String) throws {
        var arrivals: [Arrival] = []
        for (path, writtenAt) in try paths(in: folder) {
            count()
            guard let arrival = Arrival(file: path, in: layout, receivedAt: writtenAt) else {
                try putAside(path)
                continue
            }
            arrivals.append(arrival)
            if arrivals.count == Self.batch { try record(&arrivals) }
        }
        try record(&arrivals)
    }

    private mutating func record(_ arrivals: inout [Arrival]) throws {
        // The same object twice stays one; the next start sweeps the second file.
        _ = try store.record(arrivals)
        arrivals = []
    }

    private mutating func takeResults(_ folder: String) throws {
        for (path, writtenAt) in try paths(in: folder) {
            count()
            guard let arrival = Arrival(file: path, in: layout, receivedAt: writtenAt),
                let kept = try? read(layout.url(path))
            else {
                try putAside(path)
                continue
            }
            let isKept = try store.live { try $0.keep(kept, arrival) }
            guard isKept else {
                try putAside(path)
                continue
            }
            if kept.madeAt >= device?.madeAt ?? .distantPast { device = (kept.deviceUID, kept.madeAt) }
        }
    }

    private mutating func putAside(_ path: String) throws {
        let name = (path as NSString).lastPathComponent
        try files.rename(layout.absolute(path), to: "\(layout.strays)/\(name)")
        report.strays += 1
    }

    private mutating func count() {
        done += 1
        progress(done)
    }

    // MARK: Rows

    /// What a job was made from: the images that its results name, and those that were there before its date. A later
    /// one makes a revision, as it would have.
    private func coverImages() throws {
        try store.live { lives in
            for job in try lives.rows("SELECT id, study, created_at FROM job", []) {
                let madeAt: Int64 = job["created_at"]
                let day = SpoolLayout.day(of: Date(milliseconds: madeAt))
                for image in try lives.rows(
                    "SELECT id, sop_instance, sha256, path, received_at FROM object WHERE study = ? AND image = 1",
                    [job["study"] as Int64])
                {
                    let path: String = image["path"]
                    // Results state their date to the second.
                    guard image["received_at"] < madeAt + 1000 || path < "objects/\(day)/" else { continue }
                    try lives.cover(image["id"], by: job["id"])
                }
                let named = try lives.ids(
                    """
                    SELECT object.id FROM rebuilt_image JOIN object ON object.sop_instance = rebuilt_image.sop_instance
                    WHERE rebuilt_image.job = ? AND object.image = 1 AND object.study = ?
                    """, [job["id"] as Int64, job["study"] as Int64])
                for id in named { try lives.cover(id, by: job["id"]) }
            }
        }
    }

    private mutating func closeStudies() throws {
        let jobs = try store.read {
            try Row.fetchAll($0, sql: "SELECT id, study, revision FROM job ORDER BY created_at, study, revision")
        }
        try store.live { lives in
            for job in jobs {
                try lives.cachedUpdate(
                    """
                    UPDATE job SET superseded_by = (SELECT min(revision) FROM job AS later
                        WHERE later.study = job.study AND later.revision > job.revision) WHERE id = ?
                    """, [job["id"] as Int64])
                try lives.enqueueDeliveries(of: job["id"])
            }
            for study in Set(jobs.map { $0["study"] as Int64 }).sorted() {
                try lives.closeRebuilt(study, node: store.node)
            }
        }
    }

    private mutating func finish() throws {
        let device = device?.uid
        report = try store.live { lives in
            if let device { try Store.set("device uid", device.string, in: lives.database) }
            try lives.database.execute(
                sql: """
                    DROP TABLE rebuilt_image;
                    UPDATE study SET
                        first_arrival = ifnull((SELECT min(received_at) FROM object WHERE object.study = study.id
                            AND origin = 'received'), first_arrival),
                        last_arrival = ifnull((SELECT max(received_at) FROM object WHERE object.study = study.id
                            AND origin = 'received'), last_arrival);
                    """)
            var report = report
            func number(_ sql: String) throws -> Int { try Int.fetchOne(lives.database, sql: sql) ?? 0 }
            report.studies = try number("SELECT count(*) FROM study")
            report.open = try number("SELECT count(*) FROM study WHERE state = 'receiving'")
            report.objects = try number("SELECT count(*) FROM object WHERE origin <> 'result'")
            report.results = try number("SELECT count(*) FROM object WHERE origin = 'result'")
            report.revisions = try number("SELECT count(*) FROM job")
            report.deliveries = try number("SELECT count(*) FROM outgoing")
            try lives.note(Note(.recovered, "the database was made anew: \(report)"), study: nil)
            return report
        }
    }
}

extension Store {
    /// Makes the database anew from the files in `folder`. What was there before is kept beside it under another name,
    /// and nothing takes its place before the new one is whole.
    /// - Parameters:
    ///   - destinations: to which results go again.
    ///   - progress: files read so far.
    /// - Throws: ``StoreError/folderInUse(path:)`` while a gateway runs on it.
    public static func rebuild(
        _ folder: URL, destinations: [DestinationRecord], now: @escaping @Sendable () -> Date = { Date() },
        progress: @escaping (Int) -> Void = { _ in }, read: @escaping ResultReader
    ) throws -> RebuildReport {
        let store = try Store(draftIn: folder, now: now)
        defer { try? store.close() }
        try translated {
            try store.database.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE rebuilt_image (job INTEGER NOT NULL, sop_instance TEXT NOT NULL,
                            PRIMARY KEY (job, sop_instance)) STRICT, WITHOUT ROWID
                        """)
            }
        }
        var rebuild = Rebuild(store, read: read, progress: progress)
        try rebuild.run(destinations: destinations)
        var report = rebuild.report
        report.formerDatabase = try store.takeDatabasesPlace()
        return report
    }
}
