import DICOM
import DICOMCore
import Foundation
import HilumTesting
import Testing

@Suite struct DataSetBuilderTests {
    private static let name = Tag(0x0010, 0x0010), patientID = Tag(0x0010, 0x0020), comment = Tag(0x0020, 0x4000)

    @Test(.enabled(if: Tool("dciodvfy") != nil)) func objectsPassDciodvfy() throws {
        let tool = try #require(Tool("dciodvfy"))
        for compression in [nil] + DataSetBuilder.Compression.allCases.map(Optional.some) {
            let builder = try TestObject.ramp()
            if let compression { try builder.compress(compression) }
            let file = try builder.part10(transferSyntax: compression?.transferSyntax ?? .explicitVRLittleEndian)
            let output = try run(tool, on: file)
            #expect(!output.contains("Error"), "\(output)")
        }
    }

    @Test(arguments: DataSetBuilder.Compression.allCases)
    func compressionLosesNothing(_ compression: DataSetBuilder.Compression) throws {
        let builder = try TestObject.ramp(isSigned: true)
        let before = try DataSet(bytes: try builder.part10()).storedValues()
        try builder.compress(compression)
        let file = try DataSet(bytes: try builder.part10(transferSyntax: compression.transferSyntax))
        #expect(file.transferSyntax == compression.transferSyntax)
        #expect(try file.storedValues().bytes == before.bytes)
    }

    @Test("JPEG-LS keeps samples of every depth that jump between their ends, signed or not", arguments: 2...16)
    func jumps(bitsStored: Int) throws {
        let bitsAllocated = bitsStored <= 8 ? 8 : 16
        for isSigned in [false, true] {
            let builder = try TestObject.secondaryCapture(
                rows: 33, columns: 37, bitsAllocated: bitsAllocated, bitsStored: bitsStored, isSigned: isSigned)
            let low = isSigned ? -1 << (bitsStored - 1) : 0
            let values = (0..<33 * 37).map { $0 * 7919 % 13 < 6 ? low + (1 << bitsStored) - 1 : low }
            try builder.setPixelData(
                values.flatMap { [UInt8($0 & 255), UInt8($0 >> 8 & 255)].prefix(bitsAllocated / 8) },
                bitsAllocated: bitsAllocated)
            let before = try DataSet(bytes: try builder.part10()).storedValues()
            try builder.compress(.jpegLS)
            let file = try DataSet(bytes: try builder.part10(transferSyntax: .jpegLSLossless))
            #expect(try file.storedValues().bytes == before.bytes)
        }
    }

    @Test(
        "A codestream ends with its end of image, or a 0 behind it, whatever lay in memory",
        arguments: [DataSetBuilder.Compression.jpegLossless, .jpegLS])
    func paddingIsZero(_ compression: DataSetBuilder.Compression) throws {
        for columns in 1...40 {
            let builder = try TestObject.secondaryCapture(
                rows: 16, columns: columns, bitsAllocated: 8, bitsStored: 8, isSigned: false)
            try builder.setPixelData((0..<16 * columns).map { UInt8(truncatingIfNeeded: $0 * 7919) }, bitsAllocated: 8)
            // What is allocated next likely lies where these lay.
            for power in 6...16 { _ = [UInt8](repeating: 0xAA, count: 1 << power) }
            try builder.compress(compression)
            let file = try builder.part10(transferSyntax: compression.transferSyntax)
            // Sequence delimitation item: eight bytes.
            let end = Array(file.dropLast(8).suffix(3))
            #expect(end[1...] == [0xFF, 0xD9] || end == [0xFF, 0xD9, 0], "\(columns) columns: \(end)")
        }
    }

    @Test func framesGivenFromOutsideAreKept() throws {
        let source = try Corpus.image("MR_small_jp2klossless")
        let builder = try DataSetBuilder()
        try builder.copy(source.tags.filter { $0 != .pixelData }, from: source)
        let stream = try jpeg2000(in: try Corpus.bytes("MR_small_jp2klossless"))
        try builder.setPixelData(frames: [stream])
        let copy = try DataSet(bytes: try builder.part10(transferSyntax: .jpeg2000Lossless))
        #expect(try copy.storedValues().bytes == (try source.storedValues().bytes))
    }

    @Test func copiedTextKeepsItsBytesWhileOursFits() throws {
        let source = try DataSet(contentsOf: Workplace.corpus.appending(path: "charsets/chrFren.dcm"))
        let builder = try copy(of: source)
        try builder.set(Self.comment, .text("évaluation"))
        let written = try DataSet(bytes: try builder.part10())
        #expect(written.characterSet == "ISO_IR 100")
        #expect(written.bytes(Self.name) == source.bytes(Self.name))
        #expect(written.string(Self.comment) == "évaluation")
    }

    @Test(arguments: ["chrFren", "chrH32", "chrI2", "chrRuss"])
    func textThatDoesNotFitConvertsTheObjectToUnicode(_ file: String) throws {
        let source = try DataSet(contentsOf: Workplace.corpus.appending(path: "charsets/\(file).dcm"))
        let builder = try copy(of: source)
        try builder.set(Self.comment, .text("肺炎 → пневмония"))
        let written = try DataSet(bytes: try builder.part10())
        #expect(written.characterSet == "ISO_IR 192")
        #expect(written.string(Self.name) == source.string(Self.name))
        #expect(written.string(Self.comment) == "肺炎 → пневмония")
    }

    /// As files come whose writers forgot the attribute, or wrote the fashionable one.
    @Test(
        "Copied text that its character set does not explain becomes UTF-8, alone and beside ours",
        .enabled(if: Tool.python != nil),
        arguments: [
            (nil, [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72]), (nil, Array("Müller".utf8)),
            ("ISO_IR 192", [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72]), ("ISO_IR 6", [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72]),
        ] as [(String?, [UInt8])], ["évaluation", "肺炎", "plain"])
    func unexplainedTextBecomesUnicode(_ original: (String?, [UInt8]), _ ours: String) throws {
        let source = try DataSetBuilder()
        if let set = original.0 { try source.set(.specificCharacterSet, .text(set)) }
        try source.set(Self.name, .bytes(original.1), vr: "PN")
        let item = try source.appendItem(to: Tag(0x0010, 0x1002))
        try item.set(Tag(0x0010, 0x0020), .bytes(original.1), vr: "LO")
        let builder = try TestObject.secondaryCapture(rows: 1, columns: 1, bitsAllocated: 8, bitsStored: 8)
        try builder.copy([Self.name, Tag(0x0010, 0x1002)], from: try DataSet(bytes: try part10(source)))
        try builder.set(Self.comment, .text(ours))
        let isKnown = original.0 == nil || original.0 == "ISO_IR 192"
        #expect(builder.characterSet == "ISO_IR 192" && builder.hasUnexplainedText)
        let right = isKnown ? "Müller" : "M\\xFCller"
        try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "copy.dcm")
            try Data(try builder.part10()).write(to: file)
            let judged = try Judge.numbers(
                """
                import sys, pydicom
                from pydicom import config
                config.settings.reading_validation_mode = config.RAISE
                d = pydicom.dcmread(sys.argv[1])
                names = [str(d.PatientName), str(d.OtherPatientIDsSequence[0].PatientID), d.ImageComments]
                right = [sys.argv[2]] * 2 + [sys.argv[3]]
                print(int(names == right or sys.argv[2].startswith("M\\\\")))
                """, [file.path, right, ours])
            #expect(judged == [1])
            #expect(String(validating: try #require(DataSet(contentsOf: file).bytes(Self.name)), as: UTF8.self) != nil)
        }
    }

    private func part10(_ builder: DataSetBuilder) throws -> [UInt8] {
        try builder.set(.sopClassUID, .uid(UID(known: "1.2.840.10008.5.1.4.1.1.7")))
        try builder.set(.sopInstanceUID, .uid(UID(known: "1.2.826.0.1.3680043.10.9999.9")))
        return try builder.part10()
    }

    @Test func sourcesOfTwoCharacterSetsMeetInUnicode() throws {
        let greek = try DataSet(contentsOf: Workplace.corpus.appending(path: "charsets/chrGreek.dcm"))
        let arabic = try DataSet(contentsOf: Workplace.corpus.appending(path: "charsets/chrArab.dcm"))
        let builder = try copy(of: greek)
        let item = try builder.appendItem(to: Tag(0x0010, 0x1002))
        try item.copy([Self.name], from: arabic)
        let written = try DataSet(bytes: try builder.part10())
        #expect(written.string(Self.name) == greek.string(Self.name))
        #expect(written.sequence(Tag(0x0010, 0x1002)).first?.string(Self.name) == arabic.string(Self.name))
    }

    @Test func aValueThatItsVRCannotHoldIsRefused() throws {
        let builder = try DataSetBuilder()
        #expect(throws: DICOMError.self) { try builder.set(.rows, .integer(70000)) }
        #expect(throws: DICOMError.self) { try builder.set(Tag(0x0009, 0x1001), .text("private without VR")) }
        #expect(throws: DICOMError.self) { try builder.part10() }
    }

    @Test func decimalStringsHaveAtMostSixteenCharacters() throws {
        let values = [1.0 / 3, -1.0 / 3e-7, 1e-300, 123_456_789_012_345_680, -0.000012345678901234, 0.5, 12]
        let builder = try TestObject.ramp()
        try builder.set(Tag(0x0028, 0x1052), .numbers(values))
        let written = try DataSet(bytes: try builder.part10())
        for (text, value) in zip(written.strings(Tag(0x0028, 0x1052)), values) {
            #expect(text.utf8.count <= 16)
            #expect(abs((Double(text) ?? .nan) / value - 1) < 1e-8, "\(text)")
        }
    }

    @Test(
        .enabled(if: Tool.python != nil),
        arguments: [
            "NM1_JPH", "SC_rgb_gdcm_KY", "pydicom_SC_rgb_jpeg_lossy_gdcm", "rtdose_expb", "sm_image_jpegls",
            "image_dfl",
            "MR_small_implicit", "SC_rgb_rle_16bit_2frame",
        ])
    func decompressedObjectsReadTheSameInPydicom(_ name: String) throws {
        for syntax in [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian] {
            try checkInPydicom(try Corpus.image(name), as: syntax)
        }
    }

    private func checkInPydicom(_ source: DataSet, as syntax: TransferSyntax) throws {
        let file = try source.uncompressed(as: syntax)
        let sums = try Workplace.withTemporaryFolder { folder in
            let path = folder.appending(path: "plain.dcm")
            try Data(file).write(to: path)
            return try Judge.numbers(
                """
                import sys, numpy as np, pydicom
                from pydicom.pixels import get_decoder
                d = pydicom.dcmread(sys.argv[1])
                assert d.file_meta.TransferSyntaxUID == sys.argv[2]
                a, _ = get_decoder(d.file_meta.TransferSyntaxUID).as_array(d, raw=True)
                b = np.frombuffer(a.astype(a.dtype.newbyteorder("<")).tobytes(), "u1").astype("u8")
                print(b.size, (b * (np.arange(b.size, dtype="u8") % 251 + 1)).sum(), len(d))
                """, [path.path, syntax.uid.string])
        }
        let bytes = try source.storedValues().bytes
        var weighted = 0
        for (offset, byte) in bytes.enumerated() { weighted += Int(byte) * (offset % 251 + 1) }
        #expect(sums.prefix(2) == [Double(bytes.count), Double(weighted)])
    }

    @Test(
        .enabled(if: Tool.python != nil), arguments: [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian])
    func transcodingKeepsEveryAttribute(_ syntax: TransferSyntax) throws {
        for name in ["MR_small_implicit", "image_dfl", "rtdose_expb", "sm_image_jpegls"] {
            let source = Corpus.file(name)
            let count = try Workplace.withTemporaryFolder { folder in
                let path = folder.appending(path: "other.dcm")
                try Data(try DataSet(contentsOf: source).uncompressed(as: syntax)).write(to: path)
                return try Judge.numbers(
                    """
                    import sys, pydicom
                    def lines(d):
                        changed = {0x7FE00010, 0x00280004, 0x00280006, 0x00280008, 0xFFFCFFFC}
                        for e in d:
                            # Without dictionary and VR a private value is bytes, whose order is then open.
                            if e.tag in changed or e.tag.element == 0 or e.tag.is_private: continue
                            if e.VR == "SQ": yield (e.tag, [list(lines(i)) for i in e.value])
                            else: yield (e.tag, e.VR, e.value)
                    one, other = (list(lines(pydicom.dcmread(p))) for p in sys.argv[1:])
                    assert one == other, [a for a in one if a not in other][:3]
                    print(len(one))
                    """, [source.path, path.path])
            }
            #expect(count[0] > 20)
        }
    }

    @Test("texts are padded with a space, as written and as converted to Unicode", .enabled(if: Tool.python != nil))
    func textsArePaddedWithASpace() throws {
        let texts = ["a", "ab", "ä", "äö", "äöü", "\u{e4}b"]
        let (description, comment) = (Tag(0x0008, 0x1030), Tag(0x0020, 0x4000))
        for isConverted in [false, true] {
            let builder = try TestObject.ramp()
            try builder.set(.specificCharacterSet, .text("ISO_IR 100"))
            try builder.set(description, .text("übe"))
            try builder.set(comment, .text("zwei\r\nZeilen, ü"))
            for text in texts {
                let item = try builder.appendItem(to: Tag(0x0040, 0x0275))
                try item.set(Tag(0x0040, 0x0007), .text(text))
            }
            if isConverted { try builder.useUnicode() }
            let file = try builder.part10()
            let last = try Workplace.withTemporaryFolder { folder in
                let path = folder.appending(path: "text.dcm")
                try Data(file).write(to: path)
                return try Judge.numbers(
                    """
                    import sys, pydicom
                    d = pydicom.dcmread(sys.argv[1])
                    items = list(d.RequestAttributesSequence)
                    for e in (d.get_item(0x00081030), d.get_item(0x00204000), *(i.get_item(0x00400007) for i in items)):
                        assert len(e.value) % 2 == 0 and b"\\0" not in e.value, e.value
                        print(e.value[-1])
                    assert [i.ScheduledProcedureStepDescription for i in items] == sys.argv[2:]
                    """, [path.path] + texts)
            }
            let lengths = (["übe", "zwei\r\nZeilen, ü"] + texts).map {
                isConverted ? $0.utf8.count : $0.unicodeScalars.count
            }
            #expect(last.map { $0 == 0x20 } == lengths.map { $0 % 2 != 0 })
        }
    }

    // MARK: Helpers

    private func copy(of source: DataSet) throws -> DataSetBuilder {
        let builder = try DataSetBuilder()
        try builder.copy(source.tags.filter { $0 != .pixelData }, from: source)
        return builder
    }

    /// From the start of the codestream to its end.
    private func jpeg2000(in file: [UInt8]) throws -> [UInt8] {
        let start = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0x4F, 0xFF, 0x51]) })
        let end = try #require(file.indices.last { file[$0...].starts(with: [0xFF, 0xD9]) })
        return Array(file[start...end + 1])
    }

    private func run(_ tool: Tool, on file: [UInt8]) throws -> String {
        try Workplace.withTemporaryFolder { folder in
            let path = folder.appending(path: "object.dcm")
            try Data(file).write(to: path)
            return try tool.run([path.path]).all
        }
    }
}
