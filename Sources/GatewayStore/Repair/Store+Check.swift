public import Foundation
import GRDB
import Workflow

extension Store {
    /// Compares database and files, and looks for states that nobody leaves. Changes nothing, and the node may run.
    /// - Parameters:
    ///   - isDeep: whether to read every file and compare its SHA-256 with what came.
    ///   - progress: files done, of how many.
    public static func check(
        _ folder: URL, isDeep: Bool = false, progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws -> StorageCheckReport {
        let layout = SpoolLayout(folder: folder)
        do {
            let store = try opened(folder, as: .reader)
            defer { try? store.close() }
            var check = StorageCheck(store, isDeep: isDeep, progress: progress)
            return try check.run()
        } catch let error as StoreError where error.wantsRebuild {
            var report = StorageCheckReport(folder: layout.root)
            report.problems = [StorageProblem(.database, BackupFolder.databaseName, "\(error)")]
            return report
        }
    }

    /// The same, and mends what can be: a database that can't be read or is gone is made anew, rows and files are made to
    /// agree, studies say where their jobs stand. No gateway may run on it.
    /// - Parameters:
    ///   - destinations: as configured, to which results go again where the database is made anew.
    ///   - read: reads a result's file.
    public static func repair(
        _ folder: URL, isDeep: Bool = false, destinations: [DestinationRecord],
        now: @escaping @Sendable () -> Date = { Date() }, progress: @escaping (Int, Int) -> Void = { _, _ in },
        read: @escaping ResultReader
    ) throws -> StorageCheckReport {
        let found = try check(folder, isDeep: isDeep, progress: progress)
        if found.problems.isEmpty { return found }
        var report = found
        if found.problems.contains(where: { $0.kind == .database }), try !mended(folder) {
            report.rebuilt = try rebuild(
                folder, destinations: destinations, now: now, progress: { progress($0, 0) }, read: read)
        }
        let store = try Store(folder: folder, role: .gateway, now: now)
        defer {
            try? store.close()
            store.layout.giveToOwner()
        }
        report.reconciled = try store.reconcile(found.problems)
        // What is left was not for us to decide.
        let left = try check(folder, isDeep: isDeep, progress: progress).problems
        report.problems = found.problems.map { problem in
            var problem = problem
            problem.isRepaired = !left.contains(problem)
            return problem
        }
        report.problems += left.filter { !found.problems.contains($0) }
        return report
    }

    /// Where only indices contradict their tables, SQLite makes them anew; rows that refer to none go.
    private static func mended(_ folder: URL) throws -> Bool {
        do {
            let store = try Store(folder: folder, role: .gateway)
            defer { try? store.close() }
            return try translated {
                try store.database.write { try $0.execute(sql: "REINDEX") }
                try DatabaseHealth.removeDanglingRows(from: store.database)
                return try DatabaseHealth.problems(of: store.database).isEmpty
            }
        } catch let error as StoreError where error.wantsRebuild {
            return false
        }
    }

    /// - Returns: what it did; nil where there was nothing to do.
    private func reconcile(_ problems: [StorageProblem]) throws -> String? {
        let damaged = Set(problems.filter { $0.kind == .bytes || $0.kind == .length }.map(\.place))
        let recipe = try look { try recipeInForce($0) }
        try live { lives in
            try StuckStates.mend(lives)
            for path in damaged.sorted() { try lose(path, recipe, lives) }
        }
        let recovery = try recover(recipe: recipe, everything: true)
        return recovery.isClean ? nil : "\(recovery)"
    }

    private func lose(_ path: String, _ recipe: Recipe, _ lives: Lives) throws {
        if let row = try lives.row("SELECT id, origin FROM object WHERE path = ? AND lost = 0", [path]) {
            if try row.value("origin", as: ObjectOrigin.self) == .result {
                try lives.lose(result: row["id"], recipe: recipe)
            } else {
                try lives.lose(object: row["id"])
            }
        }
        for id in try lives.ids("SELECT id FROM aside WHERE path = ? AND state <> 'lost'", [path]) {
            try lives.tell(aside: id, .fileLost(at: lives.now))
        }
    }

    /// As a reader; a database that is gone is told from a store that never was.
    private static func opened(_ folder: URL, as role: Role) throws -> Store {
        let layout = SpoolLayout(folder: folder)
        try layout.checkDatabase(POSIXFileSystem())
        return try StoreError.naming(layout.database) { try Store(folder: folder, role: role) }
    }
}

extension StoreError {
    /// The database can't be used, and the spool is there to make it anew from.
    fileprivate var wantsRebuild: Bool {
        if case .databaseMissing = self { return true }
        return isDamage
    }
}

extension SpoolLayout {
    /// Whether a gateway runs on the folder.
    public var isLocked: Bool {
        let descriptor = open(lock, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return true }
        flock(descriptor, LOCK_UN)
        return false
    }
}
