public import DICOMCore

/// A node of an SR content tree (PS3.3 C.17.3.2), with all below it.
public struct ContentItem: Hashable, Sendable {
    /// How an item relates to the one above it (PS3.3 C.17.3.2.4).
    public enum Relationship: Int, Hashable, Sendable {
        /// The root, which is related to nothing.
        case root = 0
        case contains, hasObservationContext, hasAcquisitionContext, hasConceptModifier, hasProperties, inferredFrom,
            selectedFrom
    }

    /// An image, or one frame of it, in the way of the Image Reference Macro (PS3.3 C.18.4).
    public struct ImageReference: Hashable, Sendable {
        public var sopClassUID: UID
        public var sopInstanceUID: UID
        /// 1-based; nil for the whole image.
        public var frame: Int?

        public init(sopClassUID: UID, sopInstanceUID: UID, frame: Int? = nil) {
            self.sopClassUID = sopClassUID
            self.sopInstanceUID = sopInstanceUID
            self.frame = frame
        }
    }

    /// A position in a polyline: column and row, in pixels of the referenced image (PS3.3 C.18.6.1.1).
    public struct Position: Hashable, Sendable {
        public var x: Float
        public var y: Float

        public init(x: Float, y: Float) {
            self.x = x
            self.y = y
        }
    }

    /// Value Type and value. Those that Hilum does not write are read as `other`.
    public enum Value: Hashable, Sendable {
        /// `template` is an identifier of DCMR (PS3.16), as `1500`.
        case container(template: String?)
        case text(String)
        case code(CodedEntry)
        /// The number as a decimal string (VR DS).
        case number(String, unit: CodedEntry)
        /// VR DT.
        case dateTime(String)
        case uid(String)
        case personName(String)
        /// SCOORD of graphic type POLYLINE; closed when the last position repeats the first.
        case polyline([Position])
        case composite(ImageReference)
        case image(ImageReference)
        case other
    }

    public var relationship: Relationship
    public var name: CodedEntry?
    public var value: Value
    public var children: [ContentItem]

    public init(
        _ relationship: Relationship, _ name: CodedEntry?, _ value: Value, _ children: [ContentItem] = []
    ) {
        self.relationship = relationship
        self.name = name
        self.value = value
        self.children = children
    }
}

extension ContentItem {
    /// The item itself and all below it, in pre-order.
    public var all: [ContentItem] { [self] + children.flatMap(\.all) }

    /// The children with one of these concept names.
    public func children(named names: CodedEntry...) -> [ContentItem] {
        children.filter { child in child.name.map(names.contains) ?? false }
    }

    public func child(named name: CodedEntry) -> ContentItem? { children(named: name).first }

    /// The value of a CODE item.
    public var codeValue: CodedEntry? {
        guard case .code(let code) = value else { return nil }
        return code
    }

    /// The value of a NUM item.
    public var numberValue: Double? {
        guard case .number(let decimal, _) = value else { return nil }
        return Double(decimal)
    }

    /// The value of a TEXT, DATETIME, UIDREF or PNAME item.
    public var textValue: String? {
        switch value {
        case .text(let text), .dateTime(let text), .uid(let text), .personName(let text): text
        default: nil
        }
    }
}
