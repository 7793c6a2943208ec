import Foundation
import GRDB
import Workflow

/// Compares a store's database with its files and looks for states that nobody leaves. Changes nothing.
struct StorageCheck {
    let store: Store
    let isDeep: Bool
    let progress: (Int, Int) -> Void
    private var problems: [StorageProblem] = []
    private var known: Set<String> = []

    init(_ store: Store, isDeep: Bool, progress: @escaping (Int, Int) -> Void) {
        self.store = store
        self.isDeep = isDeep
        self.progress = progress
    }

    private var files: any SpoolFileSystem { store.files }
    private var layout: SpoolLayout { store.layout }

    mutating func run() throws -> StorageCheckReport {
        var report = StorageCheckReport(folder: layout.root)
        report.isDeep = isDeep
        for text in try translated({ try DatabaseHealth.problems(of: store.database) }) {
            add(.database, BackupFolder.databaseName, "SQLite says: \(text); stop the node and run this with --repair")
        }
        (report.files, report.bytes) = try checkRows()
        try checkSpool()
        for (study, text) in try store.read({ try StuckStates.find(in: $0, node: store.node) }) {
            add(.stuck, study, text)
        }
        report.problems = problems
        return report
    }

    private mutating func add(_ kind: StorageProblem.Kind, _ place: String, _ says: String) {
        problems.append(StorageProblem(kind, place, says))
    }

    // MARK: Rows

    private mutating func checkRows() throws -> (Int, Int64) {
        let rows = try store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT path, bytes, sha256, lost, sop_instance FROM object WHERE removed_at IS NULL
                    UNION ALL SELECT aside.path, aside.bytes, aside.sha256, aside.state = 'lost', object.sop_instance
                        FROM aside JOIN object ON object.id = aside.object ORDER BY path
                    """)
        }
        var bytes: Int64 = 0
        for (done, row) in rows.enumerated() {
            progress(done, rows.count)
            known.insert(row["path"])
            bytes += row["bytes"]
            try check(row)
        }
        progress(rows.count, rows.count)
        return (rows.count, bytes)
    }

    private mutating func check(_ row: Row) throws {
        let (path, bytes): (String, Int64) = (row["path"], row["bytes"])
        let instance: String = row["sop_instance"]
        let again = path.hasPrefix("results/") ? "its job makes it again" : "have \(instance) sent again"
        let size = try files.size(layout.absolute(path))
        // Where a lost row's file is there, it is not the one that came.
        if row["lost"] == 1 {
            let what = size == nil ? "gone" : "damaged"
            return add(size == nil ? .missing : .bytes, path, "\(instance) is \(what), which the node knows; \(again)")
        }
        guard let size else {
            return add(.missing, path, "the file of \(instance) is gone; --repair says so to the node, then \(again)")
        }
        guard size == bytes else {
            let lengths = "has \(size) bytes instead of \(bytes)"
            return add(.length, path, "the file of \(instance) \(lengths); --repair says so to the node, then \(again)")
        }
        if isDeep, try FileCheck.dataSetDigest(of: layout.absolute(path), bytes: bytes) != row.digest("sha256") {
            add(.bytes, path, "the file of \(instance) has other bytes than came; after --repair \(again)")
        }
    }

    // MARK: Files

    private mutating func checkSpool() throws {
        for top in ["objects", "results"] where try files.size(layout.absolute(top)) != nil {
            for day in try files.list(layout.absolute(top)).sorted() where day.allSatisfy(\.isNumber) {
                for name in try files.list(layout.absolute("\(top)/\(day)")).sorted() {
                    let path = "\(top)/\(day)/\(name)"
                    guard !known.contains(path), try !isNamedNow(path) else { continue }
                    let what = top == "objects" ? "the next start takes it over" : "the next start removes it"
                    add(.extra, path, "no row names it; \(what), and so does --repair")
                }
            }
        }
        try checkLeftovers()
    }

    /// The node may have received or made it since the rows were read.
    private func isNamedNow(_ path: String) throws -> Bool {
        try store.read { database in
            try Row.fetchOne(
                database, sql: "SELECT 1 FROM object WHERE path = ?1 UNION SELECT 1 FROM aside WHERE path = ?1",
                arguments: [path]) != nil
        }
    }

    private mutating func checkLeftovers() throws {
        guard !layout.isLocked else { return }
        for name in try files.list(layout.incoming) {
            add(.leftover, "incoming/\(name)", "a transfer that was broken off; the next start removes it")
        }
        if try files.size(layout.draft) != nil {
            add(.leftover, BackupFolder.databaseName + ".draft", "a repair that was broken off; run --repair again")
        }
    }
}
