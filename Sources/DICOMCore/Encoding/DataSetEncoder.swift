/// Writes small data sets: command sets, file meta headers, identifiers of queries. Elements are written in the order
/// in which they are appended. Images and documents are written through DCMTK instead.
public struct DataSetEncoder: Sendable {
    /// How elements are laid out (PS3.5 §7.1.3, §7.1.2).
    public enum Layout: Sendable { case implicitLittleEndian, explicitLittleEndian }

    /// Of every element.
    public let layout: Layout
    /// What has been appended so far.
    public private(set) var bytes: [UInt8] = []

    /// An encoder that has written nothing.
    public init(_ layout: Layout) {
        self.layout = layout
    }

    /// Appends an element whose value is already encoded. An odd length gains the padding of its VR (PS3.5 §6.2):
    /// a null for UI and binary data, a space for text. A value that the short length field of its VR can't express
    /// is cut to 65 534 bytes.
    public mutating func append(_ tag: Tag, _ vr: VR, bytes value: [UInt8]) {
        var value = value
        if layout == .explicitLittleEndian, !vr.hasLongLength, value.count > 0xFFFE {
            value.removeLast(value.count - 0xFFFE)
        }
        if value.count & 1 == 1 { value.append(vr.padding) }
        append(tag.group)
        append(tag.element)
        let length = UInt32(clamping: value.count)
        switch (layout, vr.hasLongLength) {
        case (.implicitLittleEndian, _):
            append(length)
        case (.explicitLittleEndian, true):
            bytes += vr.code
            append(UInt16(0))
            append(length)
        case (.explicitLittleEndian, false):
            bytes += vr.code
            append(UInt16(truncatingIfNeeded: length))
        }
        bytes += value
    }

    /// Appends text in UTF-8, padded to an even length.
    public mutating func append(_ tag: Tag, _ vr: VR, _ text: some StringProtocol) {
        append(tag, vr, bytes: Array(text.utf8))
    }

    /// Appends a UI value.
    public mutating func append(_ tag: Tag, _ uid: UID) {
        append(tag, .ui, uid.string)
    }

    /// Appends a US value.
    public mutating func append(_ tag: Tag, unsignedShort number: UInt16) {
        append(tag, .us, bytes: number.littleEndianBytes)
    }

    /// Appends a UL value.
    public mutating func append(_ tag: Tag, unsignedLong number: UInt32) {
        append(tag, .ul, bytes: number.littleEndianBytes)
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        bytes += number.littleEndianBytes
    }
}

extension FixedWidthInteger {
    var littleEndianBytes: [UInt8] {
        withUnsafeBytes(of: littleEndian) { Array($0) }
    }
}
