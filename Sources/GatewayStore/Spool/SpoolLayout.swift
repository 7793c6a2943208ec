public import Foundation

/// Where things lie in the store's folder. Nothing of a path comes from a peer.
public struct SpoolLayout: Sendable {
    let root: String

    public init(folder: URL) {
        var path = folder.path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        root = path
    }

    public var database: String { "\(root)/hilum.sqlite" }
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

    /// A name that no file in the spool ever had: 128 random bits in hexadecimal.
    static func freshName() -> String {
        let digits = String(UInt128.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits + ".dcm"
    }
}
