import Crypto
import DICOMCore
import Foundation
import GRDB
import Workflow

/// What a recovery pass found and did.
public struct RecoveryReport: Hashable, Sendable {
    /// Files under `incoming/` and `results/` that nothing refers to: they were never acknowledged, or are made again.
    public var swept = 0
    /// Whole objects without a row, taken over: their peers heard no Success.
    public var adopted = 0
    /// Files that could not be taken over and now lie under `strays/`.
    public var strays = 0
    /// Rows whose file is gone or has another length.
    public var lost = 0
    /// Jobs that a worker held.
    public var released = 0

    public var isClean: Bool { self == RecoveryReport() }
}

extension RecoveryReport: CustomStringConvertible {
    public var description: String {
        isClean
            ? "spool and database agree"
            : """
            \(swept) unfinished files swept, \(adopted) whole objects without a row taken over, \(strays) files moved \
            to strays/, \(lost) objects lost, \(released) jobs given back
            """
    }
}

/// Reconciles spool and database when a gateway starts. It looks at the days since the last pass; `everything` looks
/// at all of them.
struct Recovery {
    let store: Store
    let everything: Bool
    private var report = RecoveryReport()
    private var known: Set<String> = []

    init(store: Store, everything: Bool) {
        self.store = store
        self.everything = everything
    }

    private var files: any SpoolFileSystem { store.files }
    private var layout: SpoolLayout { store.layout }

    mutating func run() throws -> RecoveryReport {
        let released = try store.write { try store.releaseAllClaims(in: $0) }
        report.released = released
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
            try String.fetchOne(database, sql: "SELECT value FROM node WHERE key = 'reconciled day'") ?? ""
        }
    }

    private func days(in folder: String, since: String) throws -> [String] {
        try files.list(folder).filter { $0 >= since && $0.allSatisfy(\.isNumber) }.sorted()
    }

    private mutating func checkRows(since: String) throws {
        let rows = try store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT path, bytes, id, sop_instance, study FROM object
                        WHERE lost = 0 AND (path >= 'objects/' || ?1 AND path < 'objects0'
                            OR path >= 'results/' || ?1 AND path < 'results0')
                    UNION ALL SELECT path, bytes, NULL, NULL, NULL FROM aside
                    """, arguments: [since])
        }
        for row in rows {
            let path: String = row["path"]
            known.insert(path)
            if try files.size(layout.absolute(path)) != row["bytes"] as Int64, let id = row["id"] as Int64? {
                try lose(id, in: path, study: row["study"], sopInstance: row["sop_instance"])
            }
        }
    }

    /// A received object's row stays, so that the operator sees it and the same object, sent again, takes its place. A
    /// result's job runs again and makes the same bytes.
    private mutating func lose(_ object: Int64, in path: String, study: Int64, sopInstance: String) throws {
        report.lost += 1
        let isResult = path.hasPrefix("results/")
        try store.write { database in
            let uid = try String.fetchOne(database, sql: "SELECT uid FROM study WHERE id = ?", arguments: [study])
            try database.note(.lost, at: store.now(), study: uid, "the file of \(sopInstance) is gone or damaged")
            try database.execute(sql: "UPDATE object SET lost = 1 WHERE id = ?", arguments: [object])
            if isResult {
                try database.execute(
                    sql: """
                        UPDATE job SET state = 'waiting', tries = 0, finished_at = NULL
                        WHERE state = 'done' AND id IN (SELECT job FROM result WHERE object = ?)
                        """, arguments: [object])
                try store.settleUnlessReceiving(study, in: database)
            } else {
                try database.execute(
                    sql: "UPDATE study SET state = 'failed', reason = ? WHERE id = ?",
                    arguments: ["the file of \(sopInstance) is gone or damaged; send it again", study])
            }
        }
    }

    /// A file under `objects/` was whole and durable when it got its name; only its row is missing.
    private mutating func adopt(from folder: String) throws {
        for name in try files.list(layout.absolute(folder)).sorted() where !known.contains("\(folder)/\(name)") {
            let path = "\(folder)/\(name)"
            guard let arrival = arrival(at: path) else {
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

    private func arrival(at path: String) -> Arrival? {
        let absolute = layout.absolute(path)
        guard let scan = try? FileReader.scan(path: absolute), let meta = scan.head.meta,
            let syntax = meta.transferSyntaxUID, let identity = try? ObjectIdentity(scan.identity),
            let digest = Self.digest(of: absolute, from: scan.head.dataSetOffset)
        else { return nil }
        return Arrival(
            identity: identity, transferSyntax: syntax, path: path, bytes: Int64(clamping: scan.length),
            digest: digest, receivedAt: store.now(),
            callingAE: meta.sourceApplicationEntityTitle?.string ?? "", association: "recovery")
    }

    private static func digest(of path: String, from offset: Int) -> ObjectDigest? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        do {
            try handle.seek(toOffset: UInt64(offset))
            var hash = SHA256()
            while let bytes = try handle.read(upToCount: 1 << 20), !bytes.isEmpty { hash.update(data: bytes) }
            return ObjectDigest(hash.finalize())
        } catch {
            return nil
        }
    }

    private mutating func sweepResults(_ folder: String) throws {
        for name in try files.list(layout.absolute(folder)) where !known.contains("\(folder)/\(name)") {
            try files.remove(layout.absolute("\(folder)/\(name)"))
            report.swept += 1
        }
    }

    private func finish() throws {
        let day = SpoolLayout.day(of: store.now())
        let text = "\(report)"
        try store.write { database in
            try database.execute(
                sql: """
                    INSERT INTO node (key, value) VALUES ('reconciled day', ?1)
                    ON CONFLICT (key) DO UPDATE SET value = ?1
                    """, arguments: [day])
            try database.note(.recovered, at: store.now(), text)
        }
    }
}

extension Store {
    /// Makes spool and database agree. For a gateway, before it listens.
    public func recover(everything: Bool = false) throws -> RecoveryReport {
        var recovery = Recovery(store: self, everything: everything)
        return try recovery.run()
    }
}
