import DICOM
import DICOMCore
import Foundation
import Testing

@testable import DICOM

/// Small files that once took minutes, or led past a check.
@Suite(.timeLimit(.minutes(1))) struct ComplexityTests {
    private func image(_ change: (DataSetBuilder) throws -> Void) throws -> DataSet {
        let builder = try TestObject.ramp()
        try change(builder)
        return try DataSet(bytes: try builder.part10())
    }

    private func element(_ tag: Tag, _ vr: String, length: UInt32) -> [UInt8] {
        words([tag.group, tag.element]) + Array(vr.utf8) + [0, 0]
            + words([UInt16(length & 0xFFFF), UInt16(length >> 16)])
    }

    private func words(_ values: [UInt16]) -> [UInt8] { values.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }

    private func item(_ content: [UInt8]) -> [UInt8] {
        words([0xFFFE, 0xE000, UInt16(content.count), 0]) + content
    }

    @Test func aSequenceOfManyItemsIsWalkedOnce() throws {
        let count = 300_000
        var bytes = element(Tag(0x0008, 0x1140), "SQ", length: UInt32(8 * count))
        for _ in 0..<count { bytes += item([]) }
        #expect(try DataSet(bytes: bytes).sequence(Tag(0x0008, 0x1140)).count == count)
    }

    /// Fragments in order, again from the beginning, and out of order.
    @Test func manyFragmentsAreWalkedOnce() throws {
        let count = 300_000
        var bytes = element(Tag(0x7FE0, 0x0010), "OB", length: .max) + item([])
        for index in 0..<count { bytes += item(words([UInt16(truncatingIfNeeded: index)])) }
        bytes += words([0xFFFE, 0xE0DD, 0, 0])
        let meta = FileMetaInformation(
            sopClassUID: nil, sopInstanceUID: nil, transferSyntaxUID: TransferSyntax.rleLossless.uid)
        let dataSet = try DataSet(bytes: meta.encode() + bytes)
        for index in 0..<count {
            #expect(try dataSet.fragment(index + 1, count: 2) == words([UInt16(truncatingIfNeeded: index)]))
        }
        for index in [5, 5, 6, 4, 0, 1] {
            #expect(try dataSet.fragment(index + 1, count: 2) == words([UInt16(index)]))
        }
        #expect(throws: DICOMError.self) { try dataSet.fragment(count + 1, count: 0) }
    }

    /// Indirect segments that copy segments without entries would never reach the table's end.
    @Test func paletteSegmentsWithoutEntriesAreMalformed() throws {
        let empty = [UInt16](repeating: 0, count: 2 * 65535)
        let copies = [[UInt16]](repeating: [2, 65535, 6, 0], count: 20000).flatMap { $0 }
        #expect(Palette.expand(words([0, 1, 7] + empty + copies)) == nil)
        #expect(Palette.expand(words([0, 1, 7, 1, 2, 9, 2, 1, 0, 0])) == words([7, 8, 9, 7]))
    }

    @Test func aShutterOfManyCornersIsQuick() throws {
        let builder = try TestObject.secondaryCapture(rows: 1500, columns: 1500, bitsAllocated: 8, bitsStored: 8)
        try builder.setPixelData([UInt8](repeating: 200, count: 1500 * 1500), bitsAllocated: 8)
        try builder.set(Tag(0x0018, 0x1600), .text("POLYGONAL"))
        // A saw of 8000 corners along the upper edge of a large triangle.
        let saw = (0..<7998).flatMap { [$0 % 2 + 1, 1 + $0 / 8] }
        try builder.set(Tag(0x0018, 0x1620), .integers(saw + [1, 1000, 1400, 500]))
        let display = try DataSet(bytes: try builder.part10()).displayFrame(0, window: .percentiles(0, 100))
        let valid = try #require(display.valid)
        #expect(valid[700 * 1500 + 500] == 1 && valid[700 * 1500 + 10] == 0 && valid[1450 * 1500 + 500] == 0)
    }

    /// What follows an escape was once converted again and again together with all of what seemed its intermediates.
    @Test func anEscapeTakesFewBytes() throws {
        let text: [UInt8] = [0x1B] + [UInt8](repeating: 0x20, count: 20000) + [UInt8](repeating: 0xFF, count: 20000)
        let dataSet = try image {
            try $0.set(Tag(0x0008, 0x0005), .texts(["", "ISO 2022 IR 100"]))
            try $0.set(Tag(0x0020, 0x4000), .bytes(text), vr: "UT")
        }
        #expect(try #require(dataSet.string(Tag(0x0020, 0x4000))).count >= 40000)
    }

    /// TEM (T.81 Table B.1) belongs to arithmetic coding, and DCMTK 3.6.7 never gets past it.
    @Test func aJPEGWithAReservedMarkerBeforeItsFrameIsUndecodable() throws {
        let start: [UInt8] = [0xFF, 0xD8]
        let frame: [UInt8] = [0xFF, 0xC0, 0, 11, 8, 0, 64, 0, 64, 1, 1, 0x11, 0]
        #expect(JPEGHeader(start + frame) != nil)
        for marker: [UInt8] in [[0xFF, 0x01], [0xFF, 0x02, 0, 2], [0xFF, 0xBF, 0, 2], [0xFF, 0xD9, 0, 2]] {
            #expect(JPEGHeader(start + marker + frame) == nil)
        }
    }

    /// Bytes that are one data set as raw deflate, which the scanner reads, and another one as zlib's.
    @Test func aDeflatedDataSetIsTheOneThatWasScanned() throws {
        // Raw: a stored block of one byte, another of the rest. zlib: header, then one stored block from byte 7 on.
        let seen: [UInt8] = [0x01] + Array("UN".utf8) + [0] + Array("OB".utf8) + [0, 0, 0, 0xF0, 0, 0]
        let length = seen.count - 1 + 0xF000
        let rest = Array(seen.dropFirst()) + [UInt8](repeating: 0, count: 0xF000)
        var bytes: [UInt8] = [0x78, 1, 0, 0xFE, 0xFF, 1, 0] + words([UInt16(length), ~UInt16(length)]) + rest
        bytes += [1, 0, 0, 0xFF, 0xFF]
        let content = Array((bytes[7...] + [UInt8](repeating: 0, count: 0xFFFE)).prefix(0xFFFE))
        bytes = Array(bytes[..<7]) + content + [1, 0, 0, 0xFF, 0xFF] + adler32(content)
        let meta = FileMetaInformation(
            sopClassUID: nil, sopInstanceUID: nil, transferSyntaxUID: TransferSyntax.deflatedExplicitVRLittleEndian.uid)
        #expect(try DataSet(bytes: meta.encode() + bytes).tags == [Tag(0x5501, 0x004E)])
    }

    /// Where something in a value looks like the end of a sequence, the scanner takes the value for none; DCMTK, which
    /// knows the tag, walks on.
    @Test(arguments: [0xE000, 0xE00D, 0xE0DD] as [UInt16]) func nestingThatTheScannerMissesHarmsNobody(
        _ element: UInt16
    ) throws {
        let level = words([0x0040, 0xA730, 0xFFFF, 0xFFFF, 0xFFFE, 0xE000, 0xFFFF, 0xFFFF])
        let value = words([0xFFFE, element, 0, 0]) + [[UInt8]](repeating: level, count: 60000).joined()
        let length = UInt32(value.count)
        let implicit = words([0x0008, 0x1140, UInt16(length & 0xFFFF), UInt16(length >> 16)]) + value
        let meta = FileMetaInformation(
            sopClassUID: nil, sopInstanceUID: nil, transferSyntaxUID: TransferSyntax.implicitVRLittleEndian.uid)
        for bytes in [meta.encode() + implicit, self.element(Tag(0x0008, 0x1140), "UN", length: length) + value] {
            #expect(throws: DICOMError.self) { try DataSet(bytes: bytes) }
        }
    }

    /// What the scanner lets pass, DCMTK reads.
    @Test func nestingUpToTheLimitIsRead() throws {
        let level =
            words([0x0040, 0xA730]) + Array("SQ".utf8) + words([0, 0xFFFF, 0xFFFF, 0xFFFE, 0xE000, 0xFFFF, 0xFFFF])
        let end = words([0xFFFE, 0xE00D, 0, 0, 0xFFFE, 0xE0DD, 0, 0])
        let bytes = [level, end].flatMap { [[UInt8]](repeating: $0, count: 64).joined() }
        var dataSet: DataSet? = try DataSet(bytes: [UInt8](element(Tag(0x0008, 0x1140), "SQ", length: 0)) + bytes)
        var depth = 0
        while let inner = dataSet?.sequence(Tag(0x0040, 0xA730)).first { (dataSet, depth) = (inner, depth + 1) }
        #expect(depth == 64)
    }

    private func adler32(_ bytes: [UInt8]) -> [UInt8] {
        let sums = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
            let first = (sums.0 + UInt32(byte)) % 65521
            return (first, (sums.1 + first) % 65521)
        }
        return [sums.1 >> 8, sums.1, sums.0 >> 8, sums.0].map { UInt8($0 & 255) }
    }
}
