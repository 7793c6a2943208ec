public import Foundation

/// Where things lie in the store's folder. Nothing of a path comes from a peer.
public struct SpoolLayout: Sendable {
    public let root: String

    public init(folder: URL) {
        var path = folder.path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        root = path
    }

    public var database: String { "\(root)/hilum.sqlite" }
    /// A database that is being made and gets its name when it is whole.
    var draft: String { "\(database).draft" }
    var lock: String { "\(root)/gateway.lock" }
    /// Files that are being received. What lies here at start was never acknowledged.
    public var incoming: String { "\(root)/incoming" }
    /// Acknowledged objects, a folder for each day (UTC) on which they came.
    public var objects: String { "\(root)/objects" }
    /// Result objects, likewise.
    public var results: String { "\(root)/results" }
    /// Files that recovery could not place, kept for the operator.
    public var strays: String { "\(root)/strays" }

    var folders: [String] { [root, incoming, objects, results, strays] }

    /// Whether an object or a result lies in the spool.
    func holdsFiles(_ files: any SpoolFileSystem) throws -> Bool {
        try [objects, results].contains { folder in
            guard try files.size(folder) != nil else { return false }
            return try files.list(folder).contains { day in
                try day.allSatisfy(\.isNumber) && !files.list("\(folder)/\(day)").isEmpty
            }
        }
    }

    public func absolute(_ path: String) -> String { "\(root)/\(path)" }
    public func url(_ path: String) -> URL { URL(filePath: absolute(path)) }

    /// `objects/20261123` of `objects/20261123/name`.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// `20261123`, UTC.
    static func day(of date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        let number = (parts.year ?? 0) * 10_000 + (parts.month ?? 0) * 100 + (parts.day ?? 0)
        return String(number)
    }

    /// `before-restore-20261123T073000Z`: for what is put out of the way and kept.
    static func asideName(_ what: String, at date: Date) -> String {
        let time = date.formatted(.iso8601).filter { !"-:".contains($0) }
        return "\(what)-\(time)"
    }

    /// A name that no file in the spool ever had: 128 random bits in hexadecimal.
    static func freshName() -> String {
        let digits = String(UInt128.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits + ".dcm"
    }
}
