import DICOM
import DICOMCore
import Foundation
import HilumTesting
import Testing

/// Encodings that the standard or its users allow and few readers expect.
@Suite struct OddEncodingTests {
    @Test(
        "Zeros behind the data set change nothing",
        arguments: [
            "CT_small", "ExplVR_BigEnd", "MR_small_RLE", "JPEGLSNearLossless_16", "image_dfl", "MR_small_implicit",
        ], [1, 2, 7, 8, 9, 12, 1000])
    func zerosBehindTheDataSet(_ name: String, _ count: Int) throws {
        let bytes = try Corpus.bytes(name)
        let padded = bytes + [UInt8](repeating: 0, count: count)
        let right = try DataSet(bytes: bytes)
        try expectAlike(DataSet(bytes: padded), right)
        try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "padded.dcm")
            try Data(padded).write(to: file)
            try expectAlike(DataSet(contentsOf: file), right)
        }
    }

    /// CP-246. The elements are put before (0028,0002) of a big endian image.
    @Test(
        "A value of VR UN is little endian within a big endian data set",
        arguments: [
            "feff00e0ffffffff 2300011004000000 41424344 feff0de000000000 feffdde000000000",
            "feff00e00c000000 2300011004000000 41424344 feffdde000000000",
            "feff00e0ffffffff 23000210ffffffff feff00e008000000 2300011000000000 feffdde000000000 feff0de000000000 feffdde000000000",
        ])
    func unknownIsLittleEndian(_ value: String) throws {
        let bytes = try Corpus.bytes("ExplVR_BigEnd")
        let place = try #require(Data(bytes).firstRange(of: Data([0x00, 0x28, 0x00, 0x02, 0x55, 0x53]))).lowerBound
        let head: [UInt8] = [0x00, 0x23, 0x10, 0x81, 0x55, 0x4E, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        let digits = Array(value.filter { $0 != " " })
        let unknown = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        let odd = try DataSet(bytes: Array(bytes[..<place]) + head + unknown + Array(bytes[place...]))
        let right = try DataSet(bytes: bytes)
        #expect(odd.tags.filter { $0 != Tag(0x0023, 0x1081) } == right.tags)
        #expect(try odd.storedFrame(0).doubles() == right.storedFrame(0).doubles())
    }

    private func expectAlike(_ dataSet: DataSet, _ right: DataSet) throws {
        #expect(dataSet.tags == right.tags)
        for tag in right.tags { #expect(dataSet.strings(tag) == right.strings(tag), "\(tag)") }
        #expect((try? dataSet.storedFrame(0).doubles()) == (try? right.storedFrame(0).doubles()))
    }
}
