import DICOMCore
import Foundation
import GRDB
public import Workflow

/// What a recovery pass found and did.
public struct RecoveryReport: Hashable, Sendable {
    /// Files under `incoming/` and `results/` that nothing refers to: they were never acknowledged, or are made again. And
    /// those of which the rows say already that they were removed.
    public var swept = 0
    /// Whole objects without a row, taken over: their peers heard no Success.
    public var adopted = 0
    /// Files that could not be taken over and now lie under `strays/`.
    public var strays = 0
    /// Rows whose file is gone or has another length.
    public var lost = 0
    /// Lost objects whose files are there again.
    public var found = 0
    /// Jobs, comparisons and deliveries that this node held when it ended.
    public var released = 0

    public var isClean: Bool { self == RecoveryReport() }
}

extension RecoveryReport: CustomStringConvertible {
    public var description: String {
        isClean
            ? "spool and database agree"
            : """
            \(swept) unfinished files swept, \(adopted) whole objects without a row taken over, \(strays) files moved to \
            strays/, \(lost) objects lost, \(found) found again, \(released) pieces of work taken back
            """
    }
}

/// Reconciles spool and database when a gateway starts. It looks at the days since the last pass; `everything` looks
/// at all of them.
struct Recovery {
    let store: Store
    let recipe: Recipe
    let everything: Bool
    private var report = RecoveryReport()
    private var known: Set<String> = []

    init(store: Store, recipe: Recipe, everything: Bool) {
        self.store = store
        self.recipe = recipe
        self.everything = everything
    }

    private var files: any SpoolFileSystem { store.files }
    private var layout: SpoolLayout { store.layout }

    mutating func run() throws -> RecoveryReport {
        report.swept += try store.finishRemovals()
        try takeBack()
        try sweepIncoming()
        let since = try lastDay()
        try checkRows(since: since)
        for folder in try days(in: layout.objects, since: since) { try adopt(from: "objects/\(folder)") }
        for folder in try days(in: layout.results, since: since) { try sweepResults("results/\(folder)") }
        try finish()
        return report
    }

    private mutating func sweepIncoming() throws {
        for name in try files.list(layout.incoming) {
            try files.remove("\(layout.incoming)/\(name)")
            report.swept += 1
        }
    }

    private func lastDay() throws -> String {
        guard !everything else { return "" }
        return try store.read { database in
            try Store.value("reconciled day", in: database) ?? ""
        }
    }

    private func days(in folder: String, since: String) throws -> [String] {
        try files.list(folder).filter { $0 >= since && $0.allSatisfy(\.isNumber) }.sorted()
    }

    /// What this node held when it ended; another's stays another's. What waited then is due: whoever starts a node has
    /// mended something. What it held is not: that may be what ended it.
    private mutating func takeBack() throws {
        let node = store.node
        report.released = try store.live { lives in
            try lives.hurry()
            let jobs = try lives.held("job", by: node)
            let asides = try lives.held("aside", by: node)
            let deliveries = try lives.held("outgoing", by: node)
            for id in jobs { try lives.tell(job: id, .nodeStarted(node, at: lives.now, random: lives.random)) }
            for id in asides { try lives.tell(aside: id, .nodeStarted(node, at: lives.now, random: lives.random)) }
            for id in deliveries {
                try lives.tell(delivery: id, .nodeStarted(node, at: lives.now, random: lives.random))
            }
            try store.renewJobs(of: node, recipe, lives, limit: -1)
            return jobs.count + asides.count + deliveries.count
        }
    }

    private mutating func checkRows(since: String) throws {
        let rows = try store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT path, bytes, id, lost, sha256, 'object' AS kind FROM object
                        WHERE removed_at IS NULL AND (lost = 1 OR path >= 'objects/' || ?1 AND path < 'objects0'
                            OR path >= 'results/' || ?1 AND path < 'results0')
                    UNION ALL SELECT path, bytes, id, state = 'lost', sha256, 'aside' FROM aside
                    """, arguments: [since])
        }
        for row in rows {
            let path: String = row["path"]
            let isThere = try store.holdsFile(of: row)
            // The file of a lost row is nobody's until it is known to be what came.
            if row["lost"] == 0 || isThere { known.insert(path) }
            try check(row, path, isThere)
        }
    }

    private mutating func check(_ row: Row, _ path: String, _ isThere: Bool) throws {
        let (id, isAside): (Int64, Bool) = (row["id"], row["kind"] == "aside")
        switch (isThere, row["lost"] == 1) {
        case (true, false), (false, true): return
        case (false, false):
            report.lost += 1
            try store.live { lives in
                guard try lives.isNamed(path, in: isAside ? "aside" : "object", id) else { return }
                if isAside { return try lives.tell(aside: id, .fileLost(at: lives.now)) }
                if path.hasPrefix("results/") { return try lives.lose(result: id, recipe: recipe) }
                try lives.lose(object: id)
            }
        case (true, true):
            // It may be back, or be the damaged one.
            let digest = try? FileCheck.dataSetDigest(of: layout.absolute(path), bytes: row["bytes"])
            guard try digest == row.digest("sha256") else { return }
            report.found += 1
            try store.live { lives in
                guard try lives.isNamed(path, in: isAside ? "aside" : "object", id) else { return }
                if isAside { return try lives.tell(aside: id, .repaired(at: lives.now)) }
                try lives.find(object: id)
            }
        }
    }

    /// A file under `objects/` was whole and durable when it got its name; only its row is missing.
    private mutating func adopt(from folder: String) throws {
        for name in try files.list(layout.absolute(folder)).sorted() where !known.contains("\(folder)/\(name)") {
            let path = "\(folder)/\(name)"
            guard let arrival = Arrival(file: path, in: layout, receivedAt: store.now()) else {
                try files.rename(layout.absolute(path), to: "\(layout.strays)/\(name)")
                report.strays += 1
                continue
            }
            switch try store.record([arrival]).first {
            case .kept, .setAside:
                report.adopted += 1
                let text = "\(arrival.identity.sopInstance) from \(arrival.callingAE) had a file and no row"
                try store.note(.adopted, study: arrival.identity.study, text)
            case .same, .refused, nil:
                try files.remove(layout.absolute(path))
                report.swept += 1
            }
        }
    }

    private mutating func sweepResults(_ folder: String) throws {
        for name in try files.list(layout.absolute(folder)) where !known.contains("\(folder)/\(name)") {
            let path = "\(folder)/\(name)"
            // A worker that somebody started by hand may have handed it in meanwhile.
            let isResult = try store.read {
                try Row.fetchOne($0, sql: "SELECT 1 FROM object WHERE path = ?", arguments: [path]) != nil
            }
            if isResult { continue }
            try files.remove(layout.absolute(path))
            report.swept += 1
        }
    }

    private func finish() throws {
        let day = SpoolLayout.day(of: store.now())
        try store.live { lives in
            try Store.set("reconciled day", day, in: lives.database)
            try lives.note(Note(.recovered, "\(report)"), study: nil)
        }
    }
}

extension Store {
    /// The wall clock was set: what was put off by it is due.
    public func clockWasSet() throws { try live { try $0.hurry() } }

    /// Makes spool and database agree, and takes back what this node held. For a gateway, before it listens.
    /// - Parameter recipe: of its workers.
    public func recover(recipe: Recipe, everything: Bool = false) throws -> RecoveryReport {
        try setRecipe(recipe)
        var recovery = Recovery(store: self, recipe: recipe, everything: everything)
        return try recovery.run()
    }
}
