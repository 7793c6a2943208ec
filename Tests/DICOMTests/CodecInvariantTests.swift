import Testing

@testable import DICOM

/// An invariant of a codec that fails is an error of the call that met it, and is remembered.
@Suite struct CodecInvariantTests {
    @Test("The call that meets it throws, the process goes on, and says so from then on")
    func failsAndIsRemembered() throws {
        let before = CodecInvariants.failures
        for _ in 1...3 {
            let error = #expect(throws: DICOMError.self) { try CodecInvariants.breakOne() }
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
