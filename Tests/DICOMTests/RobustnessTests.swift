import DICOM
import Foundation
import HilumTesting
import Testing

/// Damaged files end in an image or in an error, never in a crash. What is decoded from them does not matter.
@Suite struct RobustnessTests {
    static let files = [
        "CT_small", "MR_small_RLE", "MR_small_jp2klossless", "MR_small_jpeg_ls_lossless", "JPEGLSNearLossless_16",
        "pydicom_SC_rgb_jpeg_lossy_gdcm", "SC_rgb_jpeg_gdcm", "seg_image_ct_binary", "SC_rgb_small_odd_big_endian",
        "sm_image_jpegls_nobot", "ExplVR_BigEnd",
    ]

    @Test(arguments: files) func aTruncatedFileIsRefused(_ name: String) throws {
        let bytes = try Corpus.bytes(name)
        var generator = Generator(state: 1)
        let offsets =
            [0, 1, 127, 128, 132, 140] + (0..<15).map { _ in Int(generator.next() % UInt64(bytes.count - 8)) }
        for offset in offsets { consume(Array(bytes[..<offset])) }
    }

    @Test(arguments: files) func flippedBytesHarmNobody(_ name: String) throws {
        let bytes = try Corpus.bytes(name)
        var generator = Generator(state: 2)
        for _ in 0..<30 {
            var damaged = bytes
            for _ in 0...generator.next() % 4 {
                damaged[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            consume(damaged)
        }
    }

    /// The header is where a flipped byte changes sizes and kinds.
    @Test(arguments: files) func flippedBytesInTheHeaderHarmNobody(_ name: String) throws {
        let bytes = try Corpus.bytes(name)
        var generator = Generator(state: 3)
        for _ in 0..<30 {
            var damaged = bytes
            damaged[132 + Int(generator.next() % 1200) % (bytes.count - 132)] = UInt8(
                truncatingIfNeeded: generator.next())
            consume(damaged)
        }
    }

    @Test func encapsulatedPixelsUnderANativeSyntaxAreRefusedWithTheReason() throws {
        var bytes = try Data(Corpus.bytes("MR_small_RLE"))
        let stated = try #require(bytes.firstRange(of: Data("1.2.840.10008.1.2.5\0".utf8)))
        bytes.replaceSubrange(stated, with: Data("1.2.840.10008.1.2.1\0".utf8))
        let dataSet = try DataSet(bytes: Array(bytes))
        #expect(
            throws: DICOMError.inconsistent(
                why: "the pixel data is encapsulated, which Explicit VR Little Endian does not allow")
        ) { try dataSet.storedFrame(0) }
    }

    @Test(
        "A JPEG that begins with a TEM marker is refused; DCMTK looks for its frame header for ever",
        .timeLimit(.minutes(1)))
    func endlessJPEG() throws {
        var bytes = try Corpus.bytes("SC_rgb_jpeg_gdcm")
        #expect(throws: Never.self) { try DataSet(bytes: bytes).storedFrame(0) }
        let start = try #require(Data(bytes).lastRange(of: Data([0xFF, 0xD8, 0xFF]))).lowerBound
        bytes.replaceSubrange(start + 2..<start + 4, with: [0xFF, 0x01])
        let damaged = try DataSet(bytes: bytes)
        #expect(throws: DICOMError.self) { try damaged.storedFrame(0) }
    }

    private func consume(_ bytes: [UInt8]) {
        guard let dataSet = try? DataSet(bytes: bytes) else { return }
        for tag in dataSet.tags {
            _ = dataSet.strings(tag)
            _ = dataSet.doubles(tag)
            for item in dataSet.sequence(tag) { _ = item.tags.map(item.strings) }
        }
        // A flipped size may ask for a gigabyte, which is allowed and slow.
        guard let image = try? dataSet.image, image.frameBytes < 1 << 22 else { return }
        _ = try? dataSet.displayFrame(0)
        _ = try? dataSet.uncompressed()
    }

    /// SplitMix64.
    struct Generator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }
}
