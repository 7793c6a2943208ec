public import DICOM
import DICOMCore
public import Foundation

/// Compares objects by content, as PS3.5 understands it: every attribute but group lengths and padding, sequences item by
/// item; pixel data by its decoded values, since the same object may have been written in different transfer syntaxes. Pixels
/// inside sequences, which are icons, are passed over.
public enum ContentComparison {
    /// What differs, in a sentence; nil where it is the same object.
    /// - Throws: `DICOMError` when an object can't be read or its pixels can't be decoded: nothing is known then.
    public static func difference(_ first: URL, _ second: URL) throws -> String? {
        try difference(try DataSet(contentsOf: first), try DataSet(contentsOf: second))
    }

    public static func difference(_ first: DataSet, _ second: DataSet) throws -> String? {
        let isRecoded = first.transferSyntax != second.transferSyntax
        if let tag = difference(first, second, passing: isRecoded ? pixels.union(ofCodec) : pixels) {
            return "\(tag) differs"
        }
        let hasPixels = { (object: DataSet) in pixels.contains(where: object.contains) }
        guard hasPixels(first) || hasPixels(second) else { return nil }
        return try samePixels(first, second) ? nil : "the decoded pixels differ"
    }

    /// Pixel data in its three forms, which have no value to compare but frames, and the extended offset table.
    private static let pixels: Set<Tag> = [
        .pixelData, Tag(0x7FE0, 0x0008), Tag(0x7FE0, 0x0009), Tag(0x7FE0, 0x0001), Tag(0x7FE0, 0x0002),
    ]
    /// A codec decides about these where the syntax differs: the form of colour, and how the object came to be.
    private static let ofCodec: Set<Tag> = [
        .photometricInterpretation, .planarConfiguration, .derivationDescription, Tag(0x0008, 0x9215),
    ]
    /// Data Set Trailing Padding (PS3.10 7.2).
    private static let padding = Tag(0xFFFC, 0xFFFC)

    private static func difference(_ one: DataSet, _ other: DataSet, passing passed: Set<Tag>) -> Tag? {
        let counts = { (tag: Tag) in tag.element != 0 && tag != padding && !passed.contains(tag) }
        let (left, right) = (one.tags.filter(counts), other.tags.filter(counts))
        if left != right { return Set(left).symmetricDifference(right).min() ?? left.first }
        return left.first { tag in
            let (items, others) = (one.sequence(tag), other.sequence(tag))
            guard items.count == others.count else { return true }
            if items.isEmpty { return unpadded(one.bytes(tag)) != unpadded(other.bytes(tag)) }
            return zip(items, others).contains { difference($0, $1, passing: passed) != nil }
        }
    }

    /// Without the space or null that makes a length even (PS3.5 6.2).
    private static func unpadded(_ bytes: [UInt8]?) -> ArraySlice<UInt8>? {
        bytes.map { $0.last == 0x20 || $0.last == 0 ? $0.dropLast() : $0[...] }
    }

    private static func samePixels(_ first: DataSet, _ second: DataSet) throws -> Bool {
        let (one, other) = (try first.image, try second.image)
        let count = try first.frameCount()
        guard try second.frameCount() == count, one.rows == other.rows, one.columns == other.columns,
            one.samples == other.samples, one.type == other.type
        else { return false }
        for index in 0..<count {
            guard try first.storedFrame(index).bytes == second.storedFrame(index).bytes else { return false }
        }
        return true
    }
}
