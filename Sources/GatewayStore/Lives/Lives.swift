import DICOMCore
import Foundation
import GRDB
import Workflow

/// The machines of one transaction. A row becomes a machine of `Workflow`, the machine decides, and what it wants done
/// is written down or told to the next machine; then the transaction ends, and files go that nothing refers to any more.
/// A machine is written before its actions are performed, since they may lead back to it.
final class Lives {
    let database: Database
    let now: Timestamp
    let rules: RetryRules
    private let draw: @Sendable () -> Double
    /// Paths, relative to the store's folder, of files to remove once this is durable.
    private(set) var removals: [String] = []
    /// What a worker handed in; the job's machine says whether it is kept.
    var handedIn: HandedIn?

    init(database: Database, now: Timestamp, rules: RetryRules, draw: @escaping @Sendable () -> Double) {
        self.database = database
        self.now = now
        self.rules = rules
        self.draw = draw
    }

    /// 0..<1, for a wait.
    var random: Double { draw() }

    func remove(_ path: String) { removals.append(path) }

    /// A file that was one row's and is not the one that takes its place: it goes unless a set-aside object's row names it,
    /// as after an operator put a file where a lost one was.
    func removeUnlessNamed(_ path: String, but successor: String) throws {
        guard path != successor, try row("SELECT 1 FROM aside WHERE path = ?", [path]) == nil else { return }
        remove(path)
    }

    func note(_ note: Note, study: String?) throws {
        try database.cachedStatement(sql: "INSERT INTO event (at, kind, study, text) VALUES (?, ?, ?, ?)")
            .execute(arguments: [now.milliseconds, note.kind.rawValue, study, note.text])
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(try database.cachedStatement(sql: sql), arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(try database.cachedStatement(sql: sql), arguments: arguments)
    }

    func ids(_ sql: String, _ arguments: StatementArguments) throws -> [Int64] {
        try Int64.fetchAll(try database.cachedStatement(sql: sql), arguments: arguments)
    }

    func update(_ table: String, _ id: Int64, _ columns: Columns) throws {
        let names = columns.keys.sorted()
        let sql = "UPDATE \(table) SET \(names.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?"
        try database.cachedStatement(sql: sql)
            .execute(arguments: StatementArguments(names.map { columns[$0] ?? nil }) + [id])
    }
}

/// Values for columns, by name.
typealias Columns = [String: (any DatabaseValueConvertible)?]

extension Store {
    /// One transaction of machines; it is on the disk when this returns.
    /// - Throws: ``StoreError/refused(_:)`` when a machine did not take an event; nothing has changed then.
    func live<Result>(_ body: (Lives) throws -> Result) throws -> Result {
        let now = Timestamp(now())
        let (result, removals) = try write { database in
            let lives = Lives(database: database, now: now, rules: rules, draw: random)
            do {
                return (try body(lives), lives.removals)
            } catch let refusal as Refusal {
                throw StoreError.refused(refusal)
            }
        }
        for path in removals { try? files.remove(layout.absolute(path)) }
        return result
    }
}

extension Store {
    /// Machines as they stand, to see whether there is anything to do: nobody's writing waits for that. What is done about
    /// it looks again, in a transaction of its own.
    func look<Result>(_ body: (Lives) throws -> Result) throws -> Result {
        let now = Timestamp(now())
        return try read { try body(Lives(database: $0, now: now, rules: rules, draw: random)) }
    }
}

extension Timestamp {
    init(_ date: Date) { self.init(milliseconds: date.milliseconds) }
}
