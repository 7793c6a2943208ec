import DICOM
import Testing

/// An invariant of a codec that fails is an error of the call that met it, and is remembered.
@Suite struct CodecInvariantTests {
    /// Signed samples of 10 bits that jump between their ends, at which DCMTK's CharLS trips.
    static func stumblingBlock() throws -> DataSetBuilder {
        let builder = try TestObject.secondaryCapture(
            rows: 33, columns: 37, bitsAllocated: 16, bitsStored: 10, isSigned: true)
        let values = (0..<33 * 37).map { UInt16($0 * 7919 % 13 < 6 ? 1023 : 0) }
        try builder.setPixelData(values.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, bitsAllocated: 16)
        return builder
    }

    @Test("The call that meets it throws, the process goes on, and says so from then on")
    func failsAndIsRemembered() throws {
        let before = CodecInvariants.failures
        for _ in 1...3 {
            // Kept by the codec that stands still within it, it must outlive the builder.
            let error = #expect(throws: DICOMError.self) { try Self.stumblingBlock().compress(.jpegLS) }
            #expect(error?.description.contains("made a decoder stumble") == true)
            guard case .codecFailed = error else {
                Issue.record("\(String(describing: error)) doesn't say that an invariant failed")
                return
            }
        }
        #expect(CodecInvariants.failures >= before + 3)
        #expect(CodecInvariants.failed?.contains("RANGE") == true)
        // Other calls are served, by the same codec too.
        let builder = try TestObject.ramp()
        try builder.compress(.jpegLS)
        let bytes = try Corpus.bytes("MR_small_jpeg_ls_lossless")
        #expect(throws: Never.self) { try DataSet(bytes: bytes).storedFrame(0) }
    }
}
