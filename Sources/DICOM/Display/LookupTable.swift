internal import DICOMCore

/// A Modality or VOI LUT (PS3.3 C.11.1.1, C.11.2.1.1), or one colour of a palette (C.7.6.3.1.5).
public struct LookupTable: Equatable, Sendable {
    /// The input that the first entry belongs to; inputs below take it too, inputs above the last take the last.
    public var firstInput: Int
    /// Of each entry.
    public var bits: Int
    public var entries: [UInt16]
    /// LUT Explanation (0028,3003).
    public var explanation: String?

    public subscript(_ input: Int) -> UInt16 {
        let offset = input.subtractingReportingOverflow(firstInput)
        guard !offset.overflow else { return input < firstInput ? entries[0] : entries[entries.count - 1] }
        return entries[min(max(0, offset.partialValue), entries.count - 1)]
    }

    /// The largest entry that the bits allow.
    public var maximum: Int { 1 << bits - 1 }

    /// - Parameters:
    ///   - descriptor: number of entries (0 means 65536), first input, bits.
    ///   - data: entries as words, or as bytes when there are no more bytes than entries.
    init?(descriptor: [UInt8], isFirstInputSigned: Bool, data: [UInt8], explanation: String? = nil) {
        guard descriptor.count >= 6 else { return nil }
        let word = { (at: Int) in UInt16(descriptor[at]) | UInt16(descriptor[at + 1]) << 8 }
        let count = word(0) == 0 ? 1 << 16 : Int(word(0))
        let bits = Int(word(4))
        guard (1...16).contains(bits) else { return nil }
        let entries = Self.entries(data, count)
        guard !entries.isEmpty else { return nil }
        firstInput = isFirstInputSigned ? Int(Int16(bitPattern: word(2))) : Int(word(2))
        self.bits = Self.usedBits(entries, stated: bits)
        self.entries = entries
        self.explanation = explanation
    }

    private static func entries(_ data: [UInt8], _ count: Int) -> [UInt16] {
        if data.count <= count + count % 2, data.count >= count { return data.prefix(count).map(UInt16.init) }
        return (0..<min(count, data.count / 2)).map { UInt16(data[2 * $0]) | UInt16(data[2 * $0 + 1]) << 8 }
    }

    /// Some writers state 8 bits and use more, others state 16 and use 8 or 12. No picture is meant to be all in the
    /// lowest eighth of its levels.
    private static func usedBits(_ entries: [UInt16], stated: Int) -> Int {
        let needed = 16 - (entries.max() ?? 0).leadingZeroBitCount
        return needed > 0 && needed <= stated - 3 ? needed : max(stated, needed)
    }
}

extension LookupTable {
    /// From an item of a Modality or VOI LUT Sequence.
    /// - Parameter isSigned: whether its inputs can be negative; the descriptor's VR is meant to say the same, and is
    ///   often the other one.
    init?(_ item: DataSet, isSigned: Bool) {
        guard let descriptor = item.bytes(.lutDescriptor), let data = item.bytes(.lutData) else { return nil }
        self.init(
            descriptor: descriptor, isFirstInputSigned: isSigned, data: data, explanation: item.string(.lutExplanation))
    }
}
