import Foundation
import Yams

/// A YAML mapping that is read key by key; whatever is left unread at the end is an error, as is a key that is
/// missing. Errors carry file, line and the dotted key.
final class StrictMapping {
    private let path: String
    /// Dotted, empty at the top.
    private let prefix: String
    private let line: Int
    private var unread: [String: (key: Node, value: Node)] = [:]

    /// The mapping that is the whole file.
    convenience init(text: String, path: String) throws {
        if let line = YAMLAnchor.line(in: text) {
            throw BundleError.configuration(
                path: path, line: line, key: "file",
                problem: "it has an anchor (&); write the value out where it is wanted")
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw BundleError.configuration(path: path, line: 1, key: "file", problem: "it is empty")
            }
            try self.init(node, path: path, prefix: "")
        } catch let error as YamlError {
            throw BundleError.configuration(
                path: path, line: error.line ?? 1, key: "file", problem: "it is not YAML: \(error.sentence)")
        }
    }

    fileprivate init(_ node: Node, path: String, prefix: String) throws {
        self.path = path
        self.prefix = prefix
        line = node.mark?.line ?? 1
        guard let mapping = node.mapping else {
            throw BundleError.configuration(
                path: path, line: line, key: prefix.isEmpty ? "file" : prefix, problem: "must be a mapping of keys")
        }
        for (key, value) in mapping {
            guard let name = key.string else {
                throw BundleError.configuration(
                    path: path, line: key.mark?.line ?? line, key: prefix, problem: "its keys must be words")
            }
            unread[name] = (key, value)
        }
    }

    /// Keys not read yet, in the file's order.
    var remainingKeys: [String] {
        unread.sorted { ($0.value.key.mark?.line ?? 0, $0.key) < ($1.value.key.mark?.line ?? 0, $1.key) }.map(\.key)
    }

    /// - Throws: for the first key that nobody read.
    func finish() throws {
        guard let key = remainingKeys.first, let entry = unread[key] else { return }
        throw problem(entry.key, key, "is not a key of this section")
    }

    func mapping(_ key: String) throws -> StrictMapping {
        try StrictMapping(take(key), path: path, prefix: dotted(key))
    }

    /// Nil when the value is `none`.
    func optionalMapping(_ key: String) throws -> StrictMapping? {
        let node = try take(key)
        return node.string == "none" ? nil : try StrictMapping(node, path: path, prefix: dotted(key))
    }

    func mappings(_ key: String) throws -> [StrictMapping] {
        let node = try take(key)
        guard let sequence = node.sequence else { throw problem(node, key, "must be a list") }
        return try sequence.enumerated().map {
            try StrictMapping($0.element, path: path, prefix: "\(dotted(key))[\($0.offset)]")
        }
    }

    func string(_ key: String) throws -> String {
        let node = try take(key)
        guard let text = node.string, !text.isEmpty else { throw problem(node, key, "must be a text") }
        return text
    }

    func strings(_ key: String) throws -> [String] {
        let node = try take(key)
        guard let sequence = node.sequence else { throw problem(node, key, "must be a list of words") }
        let words = sequence.compactMap(\.string)
        guard words.count == sequence.count, Set(words).count == words.count else {
            throw problem(node, key, "must be a list of different words")
        }
        return words
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws -> Double {
        let node = try take(key)
        return try number(node, key, in: range)
    }

    /// Nil when the value is `none`.
    func optionalNumber(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
        let node = try take(key)
        return node.string == "none" ? nil : try number(node, key, in: range)
    }

    func numbers(_ key: String, count: Int, in range: ClosedRange<Double>) throws -> [Double] {
        let node = try take(key)
        guard let sequence = node.sequence, sequence.count == count else {
            throw problem(node, key, "must be a list of \(count) numbers")
        }
        return try sequence.map { try number($0, key, in: range) }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
        let node = try take(key)
        guard let text = node.string, let value = Int(text), range.contains(value) else {
            throw problem(node, key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func boolean(_ key: String) throws -> Bool {
        try choice(key, ["true": true, "false": false])
    }

    /// One of the words of a table.
    func choice<Value>(_ key: String, _ table: [String: Value]) throws -> Value {
        let node = try take(key)
        guard let text = node.string, let value = table[text] else {
            throw problem(node, key, "must be one of \(table.keys.sorted().joined(separator: ", "))")
        }
        return value
    }

    /// An error at this mapping itself.
    func problem(_ key: String, _ text: String) -> BundleError {
        .configuration(path: path, line: line, key: dotted(key), problem: text)
    }

    private func number(_ node: Node, _ key: String, in range: ClosedRange<Double>) throws -> Double {
        guard let text = node.string, let value = Double(text), range.contains(value) else {
            throw problem(node, key, "must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private func take(_ key: String) throws -> Node {
        guard let entry = unread.removeValue(forKey: key) else { throw problem(key, "is missing") }
        return entry.value
    }

    private func problem(_ node: Node, _ key: String, _ text: String) -> BundleError {
        .configuration(path: path, line: node.mark?.line ?? line, key: dotted(key), problem: text)
    }

    private func dotted(_ key: String) -> String { prefix.isEmpty ? key : "\(prefix).\(key)" }
}

extension YamlError {
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: nil
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let duplicates, _):
            "the key \(duplicates.map { "\($0)" }.sorted().joined(separator: ", ")) stands twice"
        default: "it cannot be read"
        }
    }
}

/// Where a YAML text may have an anchor (YAML 1.2 §6.9.2): with thirty of them a page stands for more nodes than any memory
/// holds, and to compose it is to compare them.
private enum YAMLAnchor {
    /// The line, from 1; nil where there is none. Some that stand in quotes or comments are taken for anchors too.
    static func line(in text: String) -> Int? {
        var line = 1
        var previous = UInt8(ascii: "\n")
        var isMark = false
        for byte in text.utf8 {
            if isMark, !" \t\r\n".utf8.contains(byte) { return line }
            isMark = byte == UInt8(ascii: "&") && (previous >= 0x80 || " \t\r\n[{,:-?".utf8.contains(previous))
            if byte == UInt8(ascii: "\n") { line += 1 }
            previous = byte
        }
        return nil
    }
}
