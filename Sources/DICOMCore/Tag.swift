/// A data element tag (PS3.5 §7.1): group and element number.
public struct Tag: Hashable, Comparable, Sendable {
    /// The first number; odd for private elements (PS3.5 §7.8).
    public let group: UInt16
    /// The number within the group.
    public let element: UInt16

    /// `Tag(0x0008, 0x0018)` is SOP Instance UID. Not to be in the dictionary is no error.
    public init(_ group: UInt16, _ element: UInt16) {
        self.group = group
        self.element = element
    }

    public static func < (left: Tag, right: Tag) -> Bool {
        (left.group, left.element) < (right.group, right.element)
    }
}

extension Tag: CustomStringConvertible {
    /// `(gggg,eeee)` in lower-case hexadecimal, as DCMTK and PS3.6 write it.
    public var description: String { "(\(Self.hex(group)),\(Self.hex(element)))" }

    private static func hex(_ number: UInt16) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
