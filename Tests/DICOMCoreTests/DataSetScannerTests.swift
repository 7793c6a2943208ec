import DICOMCore
import Testing

private typealias B = DataSetBytes

@Suite struct DataSetScannerTests {
    /// Every construct at once: short and long VRs, a sequence of undefined length with items of both kinds, a UN
    /// sequence, an odd length, encapsulated pixel data.
    static let explicit: [UInt8] =
        B.short(0x0008, 0x0016, "UI", B.text("1.2.840.10008.5.1.4.1.1.2"))
        + B.short(0x0008, 0x0018, "UI", B.text("1.2.3.4"))
        + B.short(0x0008, 0x0060, "CS", B.text("CT"))
        + B.long(
            0x0008, 0x1115, "SQ",
            B.item(B.short(0x0008, 0x0018, "UI", B.text("9.9.9")))
                + B.item(B.short(0x0020, 0x000E, "UI", B.text("8.8.8")) + B.itemEnd, length: B.undefined)
                + B.sequenceEnd, length: B.undefined)
        + B.long(
            0x0009, 0x1001, "UN",
            B.item(B.implicit(0x0009, 0x1002, [1, 2, 3, 4]) + B.itemEnd, length: B.undefined) + B.sequenceEnd,
            length: B.undefined)
        + B.short(0x0009, 0x1003, "LO", Array("odd".utf8))
        + B.short(0x0020, 0x000D, "UI", B.text("1.2.3"))
        + B.short(0x0028, 0x0010, "US", [0, 2])
        + B.long(
            0x7FE0, 0x0010, "OB", B.item([]) + B.item([UInt8](repeating: 7, count: 300)) + B.sequenceEnd,
            length: B.undefined)

    @Test func everySplitGivesTheSameIdentity() throws {
        let whole = try scan(Self.explicit, .jpegBaseline8Bit)
        #expect(whole.sopInstanceUID?.string == "1.2.3.4")
        #expect(whole.studyInstanceUID?.string == "1.2.3")
        #expect(whole.seriesInstanceUID == nil, "an item's attribute is not the data set's")
        #expect(whole.modality == "CT")
        #expect(whole.rows == 512)
        #expect(whole.hasPixelData)
        for piece in 1..<Self.explicit.count {
            let identity = try scan(
                Self.explicit, .jpegBaseline8Bit, piece: piece, knowsLength: piece.isMultiple(of: 2))
            #expect(identity == whole, "in pieces of \(piece)")
        }
    }

    @Test("An empty element takes no value from the items that follow it")
    func emptyElements() throws {
        let bytes =
            B.short(0x0008, 0x0070, "LO", [])
            + B.long(
                0x0018, 0xA001, "SQ", B.item(B.short(0x0008, 0x0070, "LO", B.text("Hilum"))), length: B.undefined)
            + B.sequenceEnd
        #expect(try scan(bytes, .explicitVRLittleEndian).manufacturer == nil)
    }

    @Test func everyTruncationIsRefused() {
        for length in 1..<Self.explicit.count {
            let bytes = Array(Self.explicit.prefix(length))
            let isBetweenElements = (try? scan(bytes, .jpegBaseline8Bit)) != nil
            // The only ends that can't be told from a whole data set are those between top-level elements.
            #expect(isBetweenElements == Self.topLevelEnds.contains(length), "cut at \(length)")
        }
    }

    private static let topLevelEnds: Set<Int> = {
        let heads: [[UInt8]] = [
            B.tag(8, 0x18), B.tag(8, 0x60), B.tag(8, 0x1115), B.tag(9, 0x1001), B.tag(9, 0x1003), B.tag(0x20, 0xD),
            B.tag(0x28, 0x10), B.tag(0x7FE0, 0x10),
        ]
        return Set(
            heads.map { head in
                // The last place for the top-level SOP Instance UID would be the item's.
                (0..<explicit.count - 4).first { Array(explicit[$0..<$0 + 4]) == head } ?? 0
            })
    }()

    @Test(arguments: [true, false], [true, false])
    func sixtyFourSequencesPassAndOneMoreDoesNot(_ isExplicit: Bool, _ hasLengths: Bool) throws {
        let syntax = isExplicit ? TransferSyntax.explicitVRLittleEndian : .implicitVRLittleEndian
        _ = try scan(B.nested(64, isExplicit: isExplicit, hasLengths: hasLengths), syntax)
        #expect(throws: DICOMCoreError.self) {
            try scan(B.nested(65, isExplicit: isExplicit, hasLengths: hasLengths), syntax)
        }
    }

    @Test(arguments: [true, false], [true, false])
    func tenThousandSequencesEndInASentence(_ isExplicit: Bool, _ hasLengths: Bool) throws {
        let syntax = isExplicit ? TransferSyntax.explicitVRLittleEndian : .implicitVRLittleEndian
        let bytes = B.nested(10_000, isExplicit: isExplicit, hasLengths: hasLengths)
        do {
            _ = try scan(bytes, syntax, piece: 1000)
            Issue.record("accepted")
        } catch {
            #expect("\(error)".hasPrefix("sequences are nested more than 64 deep at byte"))
        }
    }

    @Test(
        "A million items pass and one more does not, also where they hide in an unknown value", arguments: ["SQ", "UN"])
    func items(_ vr: String) throws {
        let empty = [[UInt8]](repeating: B.item([]), count: 1_000_000).flatMap(\.self)
        #expect(try scan(B.long(0x0040, 0xA730, vr, empty), .explicitVRLittleEndian, piece: 1 << 20).rows == nil)
        do {
            _ = try scan(B.long(0x0040, 0xA730, vr, empty + B.item([])), .explicitVRLittleEndian, piece: 1 << 20)
            Issue.record("accepted")
        } catch {
            #expect("\(error)".hasPrefix("its sequences hold more than 1000000 items"))
        }
    }

    @Test func aSequenceHiddenInUnknownValuesCountsAsWell() {
        let inner = B.nested(70, isExplicit: false, hasLengths: true)
        #expect(throws: DICOMCoreError.self) {
            try scan(B.long(0x0009, 0x1010, "UN", B.item(inner)), .explicitVRLittleEndian)
        }
    }

    @Test func binaryValuesThatLookLikeSequencesPass() throws {
        let almost = B.item([1, 2, 3], length: 3) + [0xFF, 0xFE, 1, 2, 3, 4, 5, 6, 7, 8, 9]
        let bytes =
            B.implicit(0x0009, 0x1001, almost) + B.implicit(0x0009, 0x1002, B.item([], length: 77))
            + B.implicit(0x0020, 0x000D, B.text("1.2.3"))
        for piece in 1...bytes.count {
            #expect(try scan(bytes, .implicitVRLittleEndian, piece: piece).studyInstanceUID?.string == "1.2.3")
        }
    }

    @Test func aLengthBeyondItsItemIsRefused() {
        let bytes = B.long(0x0008, 0x1115, "SQ", B.item(B.implicit(0x0008, 0x0018, [1, 2], length: 4000)))
        #expect(throws: DICOMCoreError.self) { try scan(bytes, .explicitVRLittleEndian) }
    }

    @Test func aLengthBeyondAKnownEndIsRefusedAtOnce() {
        let bytes = B.long(0x7FE0, 0x0010, "OW", [1, 2], length: 0x7FFF_FFFE)
        var scanner = DataSetScanner(.explicitVRLittleEndian, length: UInt64(bytes.count))
        #expect(throws: DICOMCoreError.self) { try scanner.push(bytes) }
    }

    @Test func aFragmentOfUndefinedLengthIsRefused() {
        let bytes = B.long(0x7FE0, 0x0010, "OB", B.item([], length: B.undefined), length: B.undefined)
        #expect(throws: DICOMCoreError.self) { try scan(bytes, .jpegBaseline8Bit) }
    }

    @Test func bigEndianIsWalked() throws {
        let bytes: [UInt8] =
            [0, 0x28, 0, 0x10] + Array("US".utf8) + [0, 2, 2, 0] + [0, 0x28, 0, 0x11]
            + Array("US".utf8) + [0, 2, 1, 0]
        let identity = try scan(bytes, .explicitVRBigEndian)
        #expect(identity.rows == 512 && identity.columns == 256)
    }

    /// Values of VR UN are implicit little endian also where all around them is big endian (PS3.5 §6.2.2).
    @Test(arguments: [
        B.item(B.implicit(0x0023, 0x1001, B.text("ABCD")) + B.itemEnd, length: B.undefined),
        B.item(B.implicit(0x0023, 0x1001, B.text("ABCD"))),
        B.item(
            B.implicit(0x0023, 0x1002, B.item(B.implicit(0x0023, 0x1001, [1, 2])) + B.sequenceEnd, length: B.undefined)),
        [],
    ]) func unknownValuesAreLittleEndianWithinBigEndian(_ items: [UInt8]) throws {
        let head: [UInt8] = [0, 0x23, 0x10, 0x81] + Array("UN".utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        let inside: [UInt8] = [0, 8, 0x11, 0x15] + Array("SQ".utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        let item: [UInt8] = [0xFF, 0xFE, 0xE0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        let ends: [UInt8] = [0xFF, 0xFE, 0xE0, 0x0D, 0, 0, 0, 0, 0xFF, 0xFE, 0xE0, 0xDD, 0, 0, 0, 0]
        let rows: [UInt8] = [0, 0x28, 0, 0x10] + Array("US".utf8) + [0, 2, 2, 0]
        let unknown = head + items + B.sequenceEnd
        for bytes in [unknown + rows, inside + item + unknown + ends + rows] {
            for piece in [1, 3, bytes.count] {
                #expect(try scan(bytes, .explicitVRBigEndian, piece: piece).rows == 512)
            }
        }
    }

    @Test("Zeros behind the data set are no part of it, however many", arguments: [0, 1, 2, 7, 8, 9, 12, 16, 17, 4000])
    func zerosBehindTheDataSet(_ count: Int) throws {
        let whole = try scan(Self.explicit, .jpegBaseline8Bit)
        for piece in [1, 5, 64, 10_000] {
            for knowsLength in [true, false] {
                let bytes = Self.explicit + [UInt8](repeating: 0, count: count)
                var scanner = DataSetScanner(
                    .jpegBaseline8Bit, length: knowsLength ? UInt64(bytes.count) : nil)
                for start in stride(from: 0, to: bytes.count, by: piece) {
                    try scanner.push(bytes[start..<min(bytes.count, start + piece)])
                }
                #expect(scanner.dataSetLength == UInt64(Self.explicit.count))
                #expect(try scanner.finish() == whole)
            }
        }
    }

    @Test("An element behind zeros is part of the data set, and so are they")
    func anElementBehindZeros() throws {
        let bytes = [UInt8](repeating: 0, count: 8) + B.short(0x0028, 0x0010, "US", [0, 2])
        var scanner = DataSetScanner(.explicitVRLittleEndian)
        try scanner.push(bytes)
        #expect(scanner.dataSetLength == UInt64(bytes.count))
        #expect(try scanner.finish().rows == 512)
    }

    /// A pseudo-random walk over mutations of a valid data set: whatever comes out, nothing traps or hangs.
    @Test func mutatedBytesNeverTrap() {
        var state: UInt64 = 42
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<20_000 {
            var bytes = Self.explicit
            for _ in 0...random(6) { bytes[random(bytes.count)] = UInt8(random(256)) }
            let syntax = [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian, .explicitVRBigEndian][
                random(3)]
            _ = try? scan(bytes, syntax, piece: 1 + random(64), knowsLength: random(2) == 0)
        }
    }
}
