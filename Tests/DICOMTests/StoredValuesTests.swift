import DICOM
import DICOMCore
import Foundation
import HilumTesting
import Testing

@Suite struct StoredValuesTests {
    @Test(arguments: Corpus.images.filter { $0.tolerance == 0 })
    func losslessPixelsEqualPydicoms(_ golden: Corpus.Image) throws {
        let values = try DataSet(contentsOf: golden.url).storedValues()
        #expect(shape(values) == golden.shape)
        #expect(values.type.rawValue == golden.dtype)
        #expect(values.photometricInterpretation.rawValue == golden.photometric)
        #expect(try Corpus.sha256(values.bytes) == golden.sha256)
    }

    @Test(.enabled(if: Tool.python != nil), arguments: Corpus.images.filter { $0.tolerance > 0 })
    func lossyPixelsAreWithinToleranceOfLibjpeg(_ golden: Corpus.Image) throws {
        let values = try DataSet(contentsOf: golden.url).storedValues()
        #expect(shape(values) == golden.shape)
        let largest = try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "values")
            try Data(values.bytes).write(to: file)
            return try Judge.numbers(
                """
                import sys, numpy as np, pydicom
                from pydicom.pixels import get_decoder
                d = pydicom.dcmread(sys.argv[1])
                a, _ = get_decoder(d.file_meta.TransferSyntaxUID).as_array(d, raw=True)
                b = np.fromfile(sys.argv[2], a.dtype).reshape(a.shape)
                print(np.abs(a.astype(int) - b.astype(int)).max())
                """, [golden.url.path, file.path])
        }
        #expect(largest.count == 1)
        #expect(largest[0] <= Double(golden.tolerance))
    }

    @Test(arguments: ["sm_image_jpegls_nobot", "rtdose_rle", "seg_image_ct_binary_overlap", "SC_rgb_rle_16bit_2frame"])
    func aFrameAloneIsTheFrameAmongAll(_ name: String) throws {
        let dataSet = try Corpus.image(name)
        let all = try dataSet.storedValues()
        let size = all.bytes.count / all.frames
        for index in [all.frames - 1, 0] {
            #expect(try dataSet.storedFrame(index).bytes == Array(all.bytes[index * size..<(index + 1) * size]))
        }
    }

    @Test func bytesAndFileGiveTheSame() throws {
        let fromBytes = try DataSet(bytes: try Corpus.bytes("MR_small_RLE")).storedValues()
        #expect(fromBytes.bytes == (try Corpus.image("MR_small_RLE").storedValues().bytes))
    }

    @Test func aFrameThatIsNotThereIsRefused() throws {
        let dataSet = try Corpus.image("CT_small")
        #expect(throws: DICOMError.noSuchFrame(index: 1, frames: 1)) { try dataSet.storedFrame(1) }
        #expect(throws: DICOMError.noSuchFrame(index: -1, frames: 1)) { try dataSet.storedFrame(-1) }
    }

    @Test func fewerFramesThanStatedAreRefusedAndMoreAreFound() throws {
        let builder = try grey(frames: 2, stated: 3)
        #expect(throws: DICOMError.self) { try DataSet(bytes: try builder.part10()).storedValues() }
        let more = try grey(frames: 3, stated: 1)
        #expect(try DataSet(bytes: try more.part10()).frameCount() == 3)
    }

    @Test func anImageLargerThanItsLimitIsRefusedBeforeMemoryIsTaken() throws {
        let builder = try grey(frames: 1, stated: 1)
        try builder.set(Tag(0x0028, 0x0010), .integer(65535))
        try builder.set(Tag(0x0028, 0x0011), .integer(65535))
        let dataSet = try DataSet(bytes: try builder.part10())
        #expect(throws: DICOMError.overLimit(what: "a frame's size in bytes", value: 65535 * 65535, limit: 1 << 30)) {
            try dataSet.storedFrame(0)
        }
    }

    @Test(arguments: [(11, false), (15, false), (11, true), (15, true)])
    func bitsAroundTheValueAreNoPartOfIt(_ highBit: Int, _ isSigned: Bool) throws {
        let value: UInt16 = 0x0ABC
        let stored = value << UInt16(highBit - 11) | (highBit == 11 ? 0x5000 : 0x0005)
        let builder = try TestObject.secondaryCapture(
            rows: 1, columns: 1, bitsAllocated: 16, bitsStored: 12, highBit: highBit, isSigned: isSigned)
        try builder.setPixelData([UInt8(stored & 255), UInt8(stored >> 8)], bitsAllocated: 16)
        let frame = try DataSet(bytes: try builder.part10()).storedFrame(0)
        #expect(frame.doubles() == [isSigned ? Double(Int(value) - 4096) : Double(value)])
    }

    @Test(
        "An overlay above the value is no part of it in lossless codestreams either", .enabled(if: Tool.python != nil),
        arguments: ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.80"], [false, true])
    func overlaysInCodestreams(syntax: String, isSigned: Bool) throws {
        try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "coded.dcm")
            let made = try #require(Tool.python).run(
                [
                    "-c",
                    """
                    import sys, numpy as np, openjpeg, jpeg_ls
                    from pydicom.dataset import Dataset, FileMetaDataset
                    from pydicom.encaps import encapsulate
                    path, syntax, signed = sys.argv[1], sys.argv[2], int(sys.argv[3])
                    value = np.arange(4096, dtype="<u2").reshape(64, 64)
                    words = value | (value % 3 == 0).astype("<u2") << 15
                    code = jpeg_ls.encode_array(words) if syntax.endswith("80") else openjpeg.encode(words, bits_stored=16)
                    d = Dataset()
                    d.file_meta = FileMetaDataset()
                    d.file_meta.TransferSyntaxUID = syntax
                    d.SOPClassUID, d.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
                    d.StudyInstanceUID = d.SeriesInstanceUID = "1.2.4"
                    d.Rows, d.Columns, d.SamplesPerPixel, d.PhotometricInterpretation = 64, 64, 1, "MONOCHROME2"
                    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 12, 11, signed
                    d.PixelData = encapsulate([bytes(code)])
                    d.save_as(path, enforce_file_format=True)
                    """, file.path, syntax, isSigned ? "1" : "0",
                ], in: folder)
            try #require(made.status == 0, "\(made.all)")
            let values = try DataSet(contentsOf: file).storedFrame(0).doubles()
            let expected: [Double] = (0..<4096).map { Double(isSigned && $0 > 2047 ? $0 - 4096 : $0) }
            #expect(values == expected)
        }
    }

    private func grey(frames: Int, stated: Int) throws -> DataSetBuilder {
        let builder = try TestObject.secondaryCapture(rows: 4, columns: 4, bitsAllocated: 8, bitsStored: 8)
        try builder.set(Tag(0x0028, 0x0008), .integer(stated))
        try builder.setPixelData([UInt8](repeating: 7, count: 16 * frames), bitsAllocated: 8)
        return builder
    }

    private func shape(_ values: StoredPixels) -> [Int] {
        (values.frames > 1 ? [values.frames] : []) + [values.rows, values.columns]
            + (values.samples > 1 ? [values.samples] : [])
    }
}
