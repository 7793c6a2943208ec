public import DICOM
import DICOMCore
public import Foundation

/// Compares objects by content (design §3.3): data sets without meta information and group lengths, pixels decoded.
/// The same object may have been written twice in different transfer syntaxes.
public enum ContentComparison {
    /// - Throws: `DICOMError` when an object can't be read or its pixels can't be decoded: nothing is known then.
    public static func isSame(_ first: URL, _ second: URL) throws -> Bool {
        try isSame(try DataSet(contentsOf: first), try DataSet(contentsOf: second))
    }

    public static func isSame(_ first: DataSet, _ second: DataSet) throws -> Bool {
        let isRecoded = first.transferSyntax != second.transferSyntax
        guard sameAttributes(first, second, isRecoded: isRecoded) else { return false }
        guard first.contains(.pixelData) else { return true }
        return try samePixels(first, second)
    }

    /// Written anew by whoever encodes pixels, or without meaning (PS3.5 §A.4, PS3.10 §7.2).
    private static let ofEncoding: Set<Tag> = [
        .pixelData, Tag(0x7FE0, 0x0001), Tag(0x7FE0, 0x0002), Tag(0xFFFC, 0xFFFC),
    ]
    /// A codec decides about these where the syntax differs: the form of colour, and how the object came to be.
    private static let ofCodec: Set<Tag> = [
        .photometricInterpretation, .planarConfiguration, .derivationDescription, Tag(0x0008, 0x9215),
    ]

    private static func sameAttributes(_ first: DataSet, _ second: DataSet, isRecoded: Bool) -> Bool {
        let isContent = { (tag: Tag) in
            tag.element != 0 && tag.group != 2 && !ofEncoding.contains(tag) && !(isRecoded && ofCodec.contains(tag))
        }
        let tags = first.tags.filter(isContent)
        guard tags == second.tags.filter(isContent), first.contains(.pixelData) == second.contains(.pixelData) else {
            return false
        }
        return tags.allSatisfy { same($0, first, second, isRecoded: isRecoded) }
    }

    private static func same(_ tag: Tag, _ first: DataSet, _ second: DataSet, isRecoded: Bool) -> Bool {
        let items = first.sequence(tag)
        let others = second.sequence(tag)
        guard items.count == others.count else { return false }
        guard items.isEmpty else {
            return zip(items, others).allSatisfy { sameAttributes($0, $1, isRecoded: isRecoded) }
        }
        switch (first.bytes(tag), second.bytes(tag)) {
        case (let one?, let other?): return one == other || unpadded(one) == unpadded(other)
        case (nil, nil): return first.valueRepresentation(tag) == "SQ" && second.valueRepresentation(tag) == "SQ"
        default: return false
        }
    }

    /// Without the space or null that makes a length even (PS3.5 §6.2).
    private static func unpadded(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        bytes.last == 0x20 || bytes.last == 0 ? bytes.dropLast() : bytes[...]
    }

    private static func samePixels(_ first: DataSet, _ second: DataSet) throws -> Bool {
        let (one, other) = (try first.image, try second.image)
        guard one.frames == other.frames, one.rows == other.rows, one.columns == other.columns,
            one.samples == other.samples, one.type == other.type
        else { return false }
        for index in 0..<one.frames {
            guard try first.storedFrame(index).bytes == second.storedFrame(index).bytes else { return false }
        }
        return true
    }
}
