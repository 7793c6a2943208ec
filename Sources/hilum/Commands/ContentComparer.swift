import DICOM
import DICOMCore
import Foundation
import Gateway
import GatewayStore

/// Compares two objects as PS3.5 understands them: every attribute but group lengths and padding, sequences item by
/// item; pixel data by its decoded values where the transfer syntaxes differ.
struct ContentComparer: ObjectComparer {
    func compare(_ one: URL, _ other: URL) throws -> Comparison {
        let first = try DataSet(contentsOf: one)
        let second = try DataSet(contentsOf: other)
        // Compressed pixels are compared as what they decode to; others are an attribute like any other.
        let asBytes = first.transferSyntax == second.transferSyntax && !first.transferSyntax.isEncapsulated
        if let tag = difference(first, second, comparesPixels: asBytes) { return .different("\(tag) differs") }
        if asBytes || !first.contains(Self.pixelData) && !second.contains(Self.pixelData) { return .equal }
        return try samePixels(first, second) ? .equal : .different("the decoded pixels differ")
    }

    /// The first attribute that differs. Elements that an encoding brings along are passed over between syntaxes.
    private func difference(_ one: DataSet, _ other: DataSet, comparesPixels: Bool) -> Tag? {
        let passed = comparesPixels ? [] : Self.encodingDependent
        let counts = { (tag: Tag) in tag.element != 0 && tag != Self.trailingPadding && !passed.contains(tag) }
        let (left, right) = (one.tags.filter(counts), other.tags.filter(counts))
        if left != right { return Set(left).symmetricDifference(right).min() ?? left.first }
        for tag in left {
            let (items, others) = (one.sequence(tag), other.sequence(tag))
            guard items.count == others.count else { return tag }
            for (item, another) in zip(items, others) where difference(item, another, comparesPixels: true) != nil {
                return tag
            }
            if items.isEmpty, Self.trimmed(one.bytes(tag)) != Self.trimmed(other.bytes(tag)) { return tag }
        }
        return nil
    }

    private func samePixels(_ one: DataSet, _ other: DataSet) throws -> Bool {
        let count = try one.frameCount()
        guard try count == other.frameCount() else { return false }
        for index in 0..<count {
            let (frame, another) = (try one.storedFrame(index), try other.storedFrame(index))
            guard frame.bytes == another.bytes, frame.rows == another.rows, frame.columns == another.columns,
                frame.type == another.type
            else { return false }
        }
        return true
    }

    private static let pixelData = Tag(0x7FE0, 0x0010)
    private static let trailingPadding = Tag(0xFFFC, 0xFFFC)
    /// Pixel data and what says how it is encoded.
    private static let encodingDependent: Set<Tag> = [
        pixelData, Tag(0x7FE0, 0x0001), Tag(0x7FE0, 0x0002), Tag(0x0028, 0x0004), Tag(0x0028, 0x0006),
    ]

    /// Values are padded to even length with a space or a null (PS3.5 §6.2).
    private static func trimmed(_ bytes: [UInt8]?) -> [UInt8]? {
        guard let last = bytes?.last, last == 0 || last == 0x20 else { return bytes }
        return bytes?.dropLast()
    }
}
