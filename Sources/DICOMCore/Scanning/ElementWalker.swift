/// The state of a walk through data elements (PS3.5 §7): where in the nesting it is and what it expects next.
struct ElementWalker: Sendable {
    struct Frame: Sendable {
        enum Kind: Sendable {
            /// Elements: the data set itself, or an item.
            case elements
            case sequence
            /// A value that turns out to be a sequence or not by its first eight bytes. Implicit VR and UN hide which
            /// values are sequences, and DCMTK, which has a dictionary, will walk them.
            case possibleSequence
            /// Encapsulated pixel data (PS3.5 §A.4).
            case fragments
        }
        var kind: Kind
        /// Where it ends; nil for undefined length.
        var end: UInt64?
        /// Where it ends at the latest, by the lengths around it.
        var bound: UInt64
        var isExplicit: Bool
        var isLittleEndian: Bool
        /// It began as a possible sequence: an error inside means only that it is none.
        var isGuess: Bool
    }

    /// An element's tag, VR and length, as read from the bytes before its value.
    struct Header {
        var tag: Tag
        var vr: VR?
        /// Nil: undefined length.
        var length: UInt64?
    }

    private(set) var identity = InstanceIdentity()
    var frames: [Frame]
    let limits: DataSetScanner.Limits
    /// Items so far.
    var items = 0
    /// Bytes consumed.
    var offset: UInt64 = 0
    /// Where the last element of the data set ends, of what was pushed so far; what lies behind is padding of the file.
    private(set) var end: UInt64 = 0
    /// The element under way has tag (0000,0000) and no value: zeros behind the data set.
    private var isZeros = false
    /// Bytes of the value under way that are still to come, and whose they are.
    var remaining: UInt64 = 0
    private var valueTag = Tag(0, 0)
    private var captured: [UInt8]?
    private var pending: [UInt8] = []
    /// What still comes is padding of the file.
    private var isPastLastElement = false

    init(_ syntax: TransferSyntax, limits: DataSetScanner.Limits, length: UInt64?) {
        self.limits = limits
        frames = [
            Frame(
                kind: .elements, end: nil, bound: length ?? .max, isExplicit: syntax.isExplicitVR,
                isLittleEndian: syntax.isLittleEndian, isGuess: false)
        ]
        pending.reserveCapacity(12)
    }

    var isBetweenElements: Bool { pending.isEmpty }
    var top: Frame { frames[frames.count - 1] }

    mutating func push(_ bytes: UnsafeRawBufferPointer) throws(DICOMCoreError) {
        var rest = bytes
        while !isPastLastElement {
            if remaining > 0 {
                takeValue(&rest)
                if remaining > 0 { return }
            }
            closeFinishedFrames()
            if frames.count == 1, isBetweenElements, !isZeros { end = offset }
            if rest.isEmpty { return }
            if try checkRoomForHeader() { continue }
            guard let header = takeHeader(&rest) else { return }
            if frames.count == 1 { isZeros = header.tag == Tag(0, 0) && header.length == 0 }
            do throws(DICOMCoreError) {
                try enter(header)
            } catch {
                try recover(from: error)
            }
        }
    }

    func finish() throws(DICOMCoreError) {
        if remaining > 0 { throw .endedEarly(at: offset, inside: "element \(valueTag)") }
        if frames.count > 1 { throw .endedEarly(at: offset, inside: "a sequence or its items") }
        // Some writers pad the file itself with zeros.
        if !pending.allSatisfy({ $0 == 0 }) { throw .endedEarly(at: offset, inside: "an element's tag and length") }
    }

    // MARK: Values

    mutating func beginValue(_ tag: Tag, _ length: UInt64) {
        remaining = length
        valueTag = tag
        // Nothing is left of an empty element before it: what comes next is not its value.
        captured = nil
        guard frames.count == 1, length > 0 || tag == .pixelData else { return }
        if tag == .pixelData { identity.hasPixelData = true }
        if InstanceIdentity.wants(tag), length <= InstanceIdentity.longestValue { captured = [] }
    }

    private mutating func takeValue(_ rest: inout UnsafeRawBufferPointer) {
        let count = Int(min(remaining, UInt64(rest.count)))
        captured?.append(contentsOf: rest.prefix(count))
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        remaining -= UInt64(count)
        offset += UInt64(count)
        if remaining == 0, let value = captured {
            identity.take(valueTag, value, isLittleEndian: top.isLittleEndian)
            captured = nil
        }
    }

    mutating func markPixelData() {
        if frames.count == 1 { identity.hasPixelData = true }
    }

    // MARK: Headers

    /// Where a frame of known length has too few bytes left for another header, there is no header to wait for. True
    /// when the walk has found another way on.
    private mutating func checkRoomForHeader() throws(DICOMCoreError) -> Bool {
        let room = top.bound - min(top.bound, offset - UInt64(pending.count))
        guard room < 8 else { return false }
        if frames.count == 1 {
            // A few bytes after the last element of a file, such as padding, harm nobody.
            pending.removeAll(keepingCapacity: true)
            isPastLastElement = true
            return true
        }
        try recover(from: .endedEarly(at: offset, inside: "an item, \(room) bytes before its end"))
        return true
    }

    /// Takes as many bytes as the header needs: 8, or 12 where an explicit VR has the long form; nil when there are
    /// not so many yet.
    private mutating func takeHeader(_ rest: inout UnsafeRawBufferPointer) -> Header? {
        if pending.isEmpty, rest.count >= 12 {
            let (header, length) = Self.parse(rest, isLittleEndian: top.isLittleEndian, hasVR: carriesVR)
            guard let header else { return nil }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length))
            offset += UInt64(length)
            return header
        }
        var wanted = 8
        while true {
            let count = min(max(0, wanted - pending.count), rest.count)
            pending.append(contentsOf: rest.prefix(count))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            offset += UInt64(count)
            if pending.count < wanted { return nil }
            let (header, length) = pending.withUnsafeBytes {
                Self.parse($0, isLittleEndian: top.isLittleEndian, hasVR: carriesVR)
            }
            if let header {
                pending.removeAll(keepingCapacity: true)
                return header
            }
            wanted = length
        }
    }

    private var carriesVR: Bool { top.kind == .elements && top.isExplicit }

    /// The header and how many bytes it takes, or no header and how many bytes it would take. At least 8 bytes.
    private static func parse(
        _ bytes: UnsafeRawBufferPointer, isLittleEndian: Bool, hasVR: Bool
    ) -> (Header?, length: Int) {
        func short(_ at: Int) -> UInt16 {
            let value = bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self)
            return isLittleEndian ? UInt16(littleEndian: value) : UInt16(bigEndian: value)
        }
        func long(_ at: Int) -> UInt64? {
            let value = bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
            let length = isLittleEndian ? UInt32(littleEndian: value) : UInt32(bigEndian: value)
            return length == .max ? nil : UInt64(length)
        }
        let tag = Tag(short(0), short(2))
        // Without two capital letters the element was written with implicit VR, as some writers do within explicit data.
        guard hasVR, tag.group != 0xFFFE, let vr = VR(bytes[4], bytes[5]) else {
            return (Header(tag: tag, vr: nil, length: long(4)), 8)
        }
        guard vr.hasLongLength else { return (Header(tag: tag, vr: vr, length: UInt64(short(6))), 8) }
        guard bytes.count >= 12 else { return (nil, 12) }
        return (Header(tag: tag, vr: vr, length: long(8)), 12)
    }
}
