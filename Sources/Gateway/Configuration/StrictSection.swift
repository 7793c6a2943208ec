import Foundation
import Yams

/// A mapping of the configuration file, read key by key. What nobody asked for is an unknown key. Problems carry the
/// file, the line and the key's full path.
struct StrictSection {
    let file: String
    let path: String
    private let node: Node
    private let entries: [(key: Node, value: Node)]
    private let asked = Asked()

    private final class Asked { var keys: Set<String> = [] }

    init(_ node: Node, file: String, path: String) throws {
        self.file = file
        self.path = path
        self.node = node
        guard let mapping = node.mapping else {
            throw Self.problem(node, file, path, "must hold keys and values, as port: 11112")
        }
        entries = mapping.map { ($0.key, $0.value) }
    }

    private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private static func problem(_ node: Node, _ file: String, _ key: String, _ text: String) -> GatewayError {
        .configuration(file: file, line: node.mark?.line, key: key, problem: text)
    }

    /// A problem with the value of `key`.
    func problem(_ key: String, _ text: String) -> GatewayError {
        let place = entries.first { $0.key.string == key }?.value ?? node
        return Self.problem(place, file, Self.join(path, key), text)
    }

    private func value(_ key: String) -> Node? {
        asked.keys.insert(key)
        guard let value = entries.first(where: { $0.key.string == key })?.value else { return nil }
        return value.null != nil ? nil : value
    }

    /// Throws for the first key that was never asked for.
    func finish() throws {
        for (key, _) in entries where !asked.keys.contains(key.string ?? "") { throw unknown(key) }
    }

    private func unknown(_ key: Node) -> GatewayError {
        let name = key.string ?? "?"
        let meant = Spelling.nearest(to: name, among: asked.keys).map { ", \($0) may be meant" } ?? ""
        let known = asked.keys.sorted().joined(separator: ", ")
        return Self.problem(
            key, file, Self.join(path, name), "is no key of this section\(meant); it has \(known)")
    }

    /// That a key is missing, or is there and misspelt.
    func missing(_ key: String) -> GatewayError {
        let names = entries.compactMap(\.key.string).filter { !asked.keys.contains($0) }
        guard let name = Spelling.nearest(to: key, among: names),
            let entry = entries.first(where: { $0.key.string == name })
        else { return problem(key, "is missing; it has to be given here") }
        return Self.problem(
            entry.key, file, Self.join(path, name), "is no key of this section, and \(key) is missing; it may be meant")
    }

    func section(_ key: String, _ read: (StrictSection) throws -> Void) throws {
        guard let value = value(key) else { return }
        let section = try StrictSection(value, file: file, path: Self.join(path, key))
        try read(section)
        try section.finish()
    }

    func sections<Value>(_ key: String, _ read: (StrictSection) throws -> Value) throws -> [Value]? {
        guard let value = value(key) else { return nil }
        guard let list = value.sequence else { throw problem(key, "must be a list, each entry after a dash") }
        return try list.enumerated().map { index, node in
            let section = try StrictSection(node, file: file, path: "\(Self.join(path, key))[\(index + 1)]")
            let value = try read(section)
            try section.finish()
            return value
        }
    }

    func string(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.scalar?.string, !text.isEmpty else {
            throw problem(key, "must be one text that is not empty")
        }
        return text
    }

    func required(_ key: String) throws -> String {
        guard let text = try string(key) else { throw missing(key) }
        return text
    }

    func strings(_ key: String) throws -> [String]? {
        guard let value = value(key) else { return nil }
        guard let list = value.sequence else { throw problem(key, "must be a list: [a, b]") }
        return try list.map { node in
            guard let text = node.scalar?.string, !text.isEmpty else { throw problem(key, "must be a list of texts") }
            return text
        }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
            throw problem(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]

    /// As `bytes` reads it, in the largest unit that leaves a whole number.
    static func words(bytes: Int) -> String {
        let unit = units.first { bytes > 0 && bytes % (1 << $0.1) == 0 }
        return unit.map { "\(bytes >> $0.1) \($0.0)" } ?? "\(bytes)"
    }

    /// Bytes: `1048576`, `512 MiB`, `1 GiB`, `2 TiB`.
    func bytes(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = try string(key) else { return nil }
        let parts = text.split(separator: " ")
        let shift = parts.count == 2 ? Self.units.first { $0.0 == parts[1] }?.1 : parts.count == 1 ? 0 : nil
        guard let shift, let number = Int(parts[0]),
            case let product = number.multipliedReportingOverflow(by: 1 << shift),
            !product.overflow, range.contains(product.partialValue)
        else {
            throw problem(
                key,
                "must be a size from \(Self.words(bytes: range.lowerBound)) to "
                    + "\(Self.words(bytes: range.upperBound)): bytes, or a number and KiB, MiB, GiB or TiB, as 512 MiB")
        }
        return product.partialValue
    }

    func choice<Value>(_ key: String, _ table: [(String, Value)]) throws -> Value? {
        guard let text = try string(key) else { return nil }
        guard let value = table.first(where: { $0.0 == text })?.1 else {
            throw problem(key, "'\(text)' is none of \(table.map(\.0).joined(separator: ", "))")
        }
        return value
    }

    /// A file or folder that is there; a relative path counts from the configuration file's folder.
    func existing(_ key: String) throws -> String? {
        guard let text = try string(key) else { return nil }
        let path = resolved(text)
        guard FileManager.default.fileExists(atPath: path) else {
            throw problem(key, "there is no \(path); put it there, or name one that is there")
        }
        return path
    }

    func resolved(_ text: String) -> String {
        text.hasPrefix("/")
            ? text : URL(filePath: file).deletingLastPathComponent().appending(path: text).standardizedFileURL.path
    }
}
