/// What a file's first bytes say: which form it has, its transfer syntax, and where its data set begins. Files without
/// preamble or without meta header are common enough to be read when their bytes still say what they are.
public struct FileHead: Equatable, Sendable {
    /// How much stands before the data set.
    public enum Form: Sendable {
        /// Preamble, `DICM`, meta header, data set (PS3.10 §7).
        case part10
        /// The meta header stands at the very beginning, with or without `DICM` before it.
        case missingPreamble
        /// The data set stands at the beginning, or right after preamble and `DICM`.
        case missingMetaHeader
    }

    /// Which parts the file has.
    public var form: Form
    /// Nil when there is none.
    public var meta: FileMetaInformation?
    /// The meta header's, or what the first element looks like where there is none.
    public var transferSyntax: TransferSyntax
    /// Bytes before the data set.
    public var dataSetOffset: Int

    /// As many bytes as are enough for every file but one with an enormous meta header.
    public static let usualLength = 4096

    /// - Parameters:
    ///   - prefix: the file's first bytes.
    ///   - isWhole: `prefix` is the whole file.
    /// - Returns: nil when more bytes are wanted.
    public static func read(_ prefix: [UInt8], isWhole: Bool) throws(DICOMCoreError) -> FileHead? {
        if prefix.count < 132, !isWhole { return nil }
        let start = metaOffset(prefix)
        let begins = start.offset
        guard let (meta, offset) = try FileMetaInformation.parseElements(prefix, from: begins) else {
            if isWhole { throw .notDICOM(why: "the file ends before a data set begins") }
            return nil
        }
        // Enough of the first element to tell how it is written.
        guard prefix.count - offset >= 8 || isWhole else { return nil }
        let hasMeta = offset > begins
        let form: Form = !hasMeta ? .missingMetaHeader : start.hasPreamble ? .part10 : .missingPreamble
        guard let syntax = (hasMeta ? meta.transferSyntax : nil) ?? guess(prefix[offset...]) else {
            throw .notDICOM(
                why: hasMeta
                    ? "its meta header names no transfer syntax and its bytes don't show one"
                    : "no 'DICM' at byte 128, and its first bytes are no data element")
        }
        return FileHead(form: form, meta: hasMeta ? meta : nil, transferSyntax: syntax, dataSetOffset: offset)
    }

    private static func metaOffset(_ prefix: [UInt8]) -> (offset: Int, hasPreamble: Bool) {
        if prefix.count >= 132, prefix[128..<132].elementsEqual("DICM".utf8) { return (132, true) }
        if prefix.starts(with: "DICM".utf8) { return (4, false) }
        return (0, false)
    }

    /// How the element at the beginning of `bytes` is written; nil when it is no plausible first element. Data sets
    /// begin in one of the groups 0008 (or its length, or a private group below 0010), so byte order shows in the group.
    static func guess(_ bytes: ArraySlice<UInt8>) -> TransferSyntax? {
        let bytes = Array(bytes.prefix(8))
        guard bytes.count == 8 else { return nil }
        let isExplicit = VR(bytes[4], bytes[5]) != nil
        let groups: ClosedRange<UInt8> = 0x04...0x10
        switch (groups.contains(bytes[0]) && bytes[1] == 0, groups.contains(bytes[1]) && bytes[0] == 0) {
        case (true, _):
            if isExplicit { return .explicitVRLittleEndian }
            let length = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 + $1]) << UInt32(8 * $1) }
            return length <= 0xFFFF ? .implicitVRLittleEndian : nil
        case (false, true): return isExplicit ? .explicitVRBigEndian : nil
        default: return nil
        }
    }
}
