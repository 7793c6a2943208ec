/// A coded entry (PS3.3 §8.1): Code Value, Coding Scheme Designator and Code Meaning.
public struct CodedEntry: Sendable {
    public var value: String
    /// Coding Scheme Designator: `DCM`, `SCT`, `UCUM`, `LN`, `99…` for a scheme of one's own.
    public var scheme: String
    /// For people, at most 64 characters.
    public var meaning: String

    public init(_ value: String, _ scheme: String, _ meaning: String) {
        self.value = value
        self.scheme = scheme
        self.meaning = meaning
    }
}

/// Codes are the same when value and scheme are; the meaning is a synonym of the sender's choice (PS3.3 §8.3).
extension CodedEntry: Hashable {
    public static func == (left: CodedEntry, right: CodedEntry) -> Bool {
        left.value == right.value && left.scheme == right.scheme
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(value)
        hasher.combine(scheme)
    }
}

extension CodedEntry: CustomStringConvertible {
    /// `(value, scheme, "meaning")`, as PS3.16 writes it.
    public var description: String { "(\(value), \(scheme), \"\(meaning)\")" }
}
