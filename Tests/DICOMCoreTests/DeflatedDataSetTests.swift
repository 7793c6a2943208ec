import DICOMCore
import Testing

@Suite struct DeflatedDataSetTests {
    /// Raw deflate of stored blocks (RFC 1951 §3.2.4), which needs no compressor.
    private func deflated(_ bytes: [UInt8], blockLength: Int = 100) -> [UInt8] {
        var output: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(blockLength)
            rest = rest.dropFirst(blockLength)
            let length = DataSetBytes.le16(block.count)
            output += [rest.isEmpty ? 1 : 0] + length + length.map { ~$0 } + block
        } while !rest.isEmpty
        return output
    }

    @Test func everySplitGivesTheSameIdentity() throws {
        let bytes = deflated(DataSetScannerTests.explicit)
        for piece in 1...bytes.count {
            let identity = try scan(bytes, .deflatedExplicitVRLittleEndian, piece: piece, knowsLength: true)
            #expect(identity.sopInstanceUID?.string == "1.2.3.4", "in pieces of \(piece)")
        }
    }

    @Test func aPaddingByteAfterTheStreamIsNoError() throws {
        let identity = try scan(deflated(DataSetScannerTests.explicit) + [0], .deflatedExplicitVRLittleEndian)
        #expect(identity.hasPixelData)
    }

    @Test func growthBeyondTheLimitIsRefused() {
        var limits = DataSetScanner.Limits()
        limits.inflatedLength = 10_000
        let pixels = DataSetBytes.long(0x7FE0, 0x0010, "OW", [UInt8](repeating: 0, count: 20_000))
        #expect(throws: DICOMCoreError.inflatesBeyond(limit: 10_000)) {
            try scan(deflated(pixels, blockLength: 60_000), .deflatedExplicitVRLittleEndian, limits: limits)
        }
    }

    @Test func aCutOffStreamIsRefused() {
        let bytes = deflated(DataSetScannerTests.explicit)
        for length in [0, 1, 5, bytes.count - 1] {
            #expect(throws: DICOMCoreError.self) {
                try scan(Array(bytes.prefix(length)), .deflatedExplicitVRLittleEndian)
            }
        }
    }

    @Test func whatIsNotDeflatedIsRefused() {
        #expect(throws: DICOMCoreError.self) {
            try scan([UInt8](repeating: 0xFF, count: 64), .deflatedExplicitVRLittleEndian)
        }
    }
}
