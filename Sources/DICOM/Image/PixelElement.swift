internal import CDCMTK

/// Where an object keeps its pixels (PS3.3 C.7.6.3, C.7.6.24).
struct PixelElement {
    enum Kind { case integer, float, double }

    var element: UInt16
    var kind: Kind
    var isEncapsulated: Bool
    /// Native bytes; `undefinedLength` for items where the transfer syntax has none.
    var length: Int
    /// Encapsulated items after the basic offset table.
    var fragments: Int
    var vr: String

    /// PS3.5 7.1.1.
    static let undefinedLength = 0xFFFF_FFFF
}

extension DataSet {
    /// Of the data set that this is or belongs to.
    var pixels: PixelElement? {
        storage.locked { handle in
            var found = cdcmtk_pixels()
            guard cdcmtk_find_pixels(handle, &found) else { return nil }
            let kind: PixelElement.Kind =
                switch found.element {
                case 0x0008: .float
                case 0x0009: .double
                default: .integer
                }
            let vr = withUnsafeBytes(of: found.vr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            return PixelElement(
                element: found.element, kind: kind, isEncapsulated: found.is_encapsulated, length: Int(found.length),
                fragments: Int(found.fragments), vr: vr)
        }
    }

    func nativeBytes(_ pixels: PixelElement, offset: Int, count: Int) throws(DICOMError) -> [UInt8] {
        guard offset >= 0, count >= 0, offset + count <= pixels.length else {
            throw .inconsistent(
                why: "the pixel data has \(pixels.length) bytes, but \(offset + count) are needed")
        }
        return try read(count: count) { handle, buffer, error in
            cdcmtk_native_bytes(handle, pixels.element, UInt32(offset), buffer, UInt32(count), error)
        }
    }

    /// Lengths of the basic offset table and of each fragment.
    func fragmentLengths(_ pixels: PixelElement) throws(DICOMError) -> [Int] {
        var lengths = [UInt32](repeating: 0, count: pixels.fragments + 1)
        try storage.locked(DICOMError.malformed(why:)) { handle, error in
            cdcmtk_fragment_lengths(handle, &lengths, lengths.count, error)
        }
        return lengths.map(Int.init)
    }

    /// The first `count` bytes of an item; 0 is the basic offset table.
    func fragment(_ index: Int, count: Int) throws(DICOMError) -> [UInt8] {
        try read(count: count) { handle, buffer, error in
            cdcmtk_fragment(handle, index, buffer, UInt32(count), error)
        }
    }

    private func read(
        count: Int, _ body: (OpaquePointer, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<cdcmtk_error>) -> Bool
    ) throws(DICOMError) -> [UInt8] {
        var error = cdcmtk_error()
        var isDone = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            isDone = storage.locked { body($0, buffer.baseAddress, &error) }
            filled = isDone ? count : 0
        }
        guard isDone else { throw .malformed(why: "its pixel data can't be read (\(error.message))") }
        return bytes
    }
}
