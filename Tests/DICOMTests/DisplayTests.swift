import DICOM
import DICOMCore
import Foundation
import HilumTesting
import Testing

/// Displayed values against DCMTK's dcmimgle and, for what it does not know, pydicom.
@Suite struct DisplayTests {
    struct Case: Sendable {
        var name: String
        var isSigned = false
        var photometric = PhotometricInterpretation.monochrome2
        var attributes: [(Tag, DataValue)] = []
        /// How dcm2pnm is told to show the same.
        var options: [String] = []
    }

    static let center = Tag(0x0028, 0x1050), width = Tag(0x0028, 0x1051), function = Tag(0x0028, 0x1056)
    static let intercept = Tag(0x0028, 0x1052), slope = Tag(0x0028, 0x1053)
    static let window: [(Tag, DataValue)] = [(center, .number(2000)), (width, .number(1500))]
    static let rescale: [(Tag, DataValue)] = [(intercept, .number(-1024)), (slope, .number(1.5))]

    static let cases = [
        Case(name: "LINEAR", attributes: window, options: ["+Wi", "1"]),
        Case(name: "MONOCHROME1", photometric: .monochrome1, attributes: window, options: ["+Wi", "1"]),
        Case(name: "rescaled", attributes: window + rescale, options: ["+Wi", "1"]),
        Case(
            name: "signed", isSigned: true, attributes: [(center, .number(-100)), (width, .number(301))],
            options: ["+Wi", "1"]),
        Case(name: "narrow", attributes: [(center, .number(2000)), (width, .number(2))], options: ["+Wi", "1"]),
        Case(
            name: "two windows", attributes: [(center, .numbers([1000, 3000])), (width, .numbers([400, 800]))],
            options: ["+Wi", "1"]),
        Case(name: "SIGMOID", attributes: window + [(function, .text("SIGMOID"))], options: ["+Wi", "1", "+Wfs"]),
    ]

    @Test(.enabled(if: Tool("dcm2pnm") != nil), arguments: cases)
    func greyLevelsEqualDCMTKs(_ sample: Case) throws {
        let builder = try TestObject.ramp(isSigned: sample.isSigned, photometric: sample.photometric)
        for (tag, value) in sample.attributes { try builder.set(tag, value) }
        try compareWithDCMTK(try builder.part10(), options: sample.options)
    }

    @Test(.enabled(if: Tool("dcm2pnm") != nil), arguments: [false, true])
    func lookupTablesEqualDCMTKs(_ isModality: Bool) throws {
        let builder = try TestObject.ramp()
        let item = try builder.appendItem(to: Tag(0x0028, isModality ? 0x3000 : 0x3010))
        try item.set(Tag(0x0028, 0x3002), .integers([3000, 500, isModality ? 12 : 8]))
        if isModality { try item.set(Tag(0x0028, 0x3004), .text("US")) }
        let entries = (0..<3000).map { isModality ? 4095 - $0 : ($0 * $0 / 40000) % 256 }
        try item.set(Tag(0x0028, 0x3006), .integers(entries), vr: "OW")
        if isModality { for (tag, value) in Self.window { try builder.set(tag, value) } }
        try compareWithDCMTK(try builder.part10(), options: isModality ? ["+Wi", "1"] : ["+Wl", "1"])
    }

    @Test(
        "A table's first input is signed as Pixel Representation says, whatever its VR",
        .enabled(if: Tool("dcm2pnm") != nil), arguments: [false, true], ["US", "SS"])
    func firstInputs(isSigned: Bool, vr: String) throws {
        let builder = try TestObject.ramp(isSigned: isSigned)
        let item = try builder.appendItem(to: Tag(0x0028, 0x3010))
        // -2048, or 500.
        let first = isSigned ? (vr == "US" ? 63488 : -2048) : 500
        try item.set(Tag(0x0028, 0x3002), .integers([3000, first, 8]), vr: vr)
        try item.set(Tag(0x0028, 0x3006), .integers((0..<3000).map { $0 * 255 / 2999 }), vr: "OW")
        let bytes = try builder.part10()
        let grey = try DataSet(bytes: bytes).displayFrame(0).grey
        let start = isSigned ? 0 : 500
        #expect(grey[start] == 0 && grey[start + 1500] == 127 && grey[start + 2999] == 255)
        if isSigned == (vr == "SS") { try compareWithDCMTK(bytes, options: ["+Wl", "1"]) }
    }

    @Test("A table that states more bits than its entries use is shown by those", arguments: [8, 10, 12])
    func narrowTables(bits: Int) throws {
        func grey(stated: Int) throws -> [UInt8] {
            let builder = try TestObject.ramp()
            let item = try builder.appendItem(to: Tag(0x0028, 0x3010))
            try item.set(Tag(0x0028, 0x3002), .integers([4096, 0, stated]))
            try item.set(
                Tag(0x0028, 0x3006), .integers((0..<4096).map { $0 * (1 << bits - 1) / 4095 }), vr: "OW")
            return try DataSet(bytes: builder.part10()).displayFrame(0).grey
        }
        let right = try grey(stated: bits)
        #expect(right.first == 0 && right.last == 255)
        #expect(try grey(stated: 16) == right)
    }

    @Test("Without a window a flat picture keeps its level, and few bright pixels are not all")
    func flatPictures() throws {
        func grey(_ values: [UInt16], isSigned: Bool = false) throws -> [UInt8] {
            let builder = try TestObject.secondaryCapture(
                rows: 64, columns: 64, bitsAllocated: 16, bitsStored: 12, isSigned: isSigned)
            try builder.setPixelData(values.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, bitsAllocated: 16)
            return try DataSet(bytes: builder.part10()).displayFrame(0).grey
        }
        for (value, level) in [(0, 0), (4095, 255), (2048, 128)] as [(UInt16, UInt8)] {
            #expect(Set(try grey(Array(repeating: value, count: 4096))) == [level])
        }
        #expect(Set(try grey(Array(repeating: 0, count: 4096), isSigned: true)) == [128])
        let few = (0..<4096).map { $0 % 1024 < 3 ? UInt16(900) : 0 }
        let expected: [UInt8] = few.map { $0 > 0 ? 255 : 0 }
        #expect(try grey(few) == expected)
    }

    @Test(.enabled(if: Tool.python != nil), arguments: ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
    func windowFunctionsEqualPydicoms(_ name: String) throws {
        let function = try #require(WindowFunction(rawValue: name))
        let window = try #require(Window(center: 40.5, width: 400, function: function))
        let expected = try Judge.numbers(
            """
            import sys, numpy as np, pydicom
            from pydicom.pixels import apply_voi
            from pydicom.pixels import apply_windowing
            d = pydicom.Dataset()
            d.WindowCenter, d.WindowWidth, d.VOILUTFunction = "40.5", "400", sys.argv[1]
            d.PhotometricInterpretation, d.BitsStored, d.PixelRepresentation = "MONOCHROME2", 16, 1
            a = np.arange(-400, 500, dtype="i2")
            y = apply_windowing(a, d)
            print(*((y + 32768) / 65535 * 255))
            """, [name])
        #expect(expected.count == 900)
        for (index, value) in (-400..<500).enumerated() {
            #expect(abs(window.brightness(Double(value)) * 255 - expected[index]) <= 1, "\(value)")
        }
    }

    @Test(.enabled(if: Tool("dcm2pnm") != nil))
    func aChestImageInMonochrome1IsShownAsDCMTKShowsIt() throws {
        try compareWithDCMTK(try Corpus.bytes("dx_image"), options: ["+Wi", "1"])
    }

    @Test func withoutAWindowThePercentilesOfWhatIsNoPaddingDecide() throws {
        let builder = try TestObject.ramp()
        try builder.set(Tag(0x0028, 0x0120), .integer(0))
        try builder.set(Tag(0x0028, 0x0121), .integer(95))
        let frame = try DataSet(bytes: try builder.part10()).displayFrame(0)
        // 96 to 4095 are image: 0.5 % are 20 values, 99.5 % all but 20.
        #expect(frame.valid?.prefix(97).reduce(0) { $0 + Int($1) } == 1)
        #expect(frame.grey.prefix(96).allSatisfy { $0 == 0 })
        #expect(frame.grey[96 + 19] == 0 && frame.grey[4095 - 19] == 255)
        #expect(frame.grey[96 + 40] == 1 && frame.grey[4095 - 40] == 254)
    }

    @Test func theShutterHidesWhatIsOutsideIt() throws {
        let builder = try TestObject.ramp()
        try builder.set(Tag(0x0018, 0x1600), .text("RECTANGULAR"))
        for (element, edge) in [(0x1602, 3), (0x1604, 62), (0x1606, 5), (0x1608, 60)] as [(UInt16, Int)] {
            try builder.set(Tag(0x0018, element), .integer(edge))
        }
        let valid = try #require(try DataSet(bytes: try builder.part10()).displayFrame(0).valid)
        #expect(valid.reduce(0) { $0 + Int($1) } == 60 * 56)
        #expect(valid[4 * 64 + 2] == 1 && valid[4 * 64 + 1] == 0 && valid[3 * 64 + 2] == 0)
    }

    @Test func hounsfieldUnitsAreRescaledValues() throws {
        let dataSet = try Corpus.image("CT_small")
        let stored = try dataSet.storedFrame(0).doubles()
        #expect(dataSet.modalityTransformation() == .rescale(slope: 1, intercept: -1024))
        #expect(try dataSet.hounsfieldFrame(0) == stored.map { Int16($0) - 1024 })
    }

    @Test(
        .enabled(if: Tool("dcm2pnm") != nil), arguments: ["SC_rgb_rle_16bit_2frame", "pydicom_SC_rgb_jpeg_lossy_gdcm"])
    func colourIsRGB(_ name: String) throws {
        let frame = try Corpus.image(name).displayFrame(0)
        let expected = try dcm2pnm(try Corpus.bytes(name), options: [])
        let rgb = try #require(frame.rgb)
        #expect(rgb.count == expected.count)
        #expect(zip(rgb, expected).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    }

    // MARK: Judge

    private func compareWithDCMTK(_ file: [UInt8], options: [String]) throws {
        let expected = try dcm2pnm(file, options: options)
        let grey = try DataSet(bytes: file).displayFrame(0).grey
        #expect(grey.count == expected.count)
        let differences = zip(grey, expected).map { abs(Int($0) - Int($1)) }
        #expect(differences.max() ?? 255 <= 1)
        #expect(Set(expected).count > 1)
    }

    /// The samples of a binary PGM or PPM file that DCMTK writes.
    private func dcm2pnm(_ file: [UInt8], options: [String]) throws -> [UInt8] {
        let tool = try #require(Tool("dcmj2pnm") ?? Tool("dcm2pnm"))
        return try Workplace.withTemporaryFolder { folder in
            let (input, output) = (folder.appending(path: "in.dcm"), folder.appending(path: "out.pnm"))
            try Data(file).write(to: input)
            let result = try tool.run(options + ["+op", input.path, output.path])
            #expect(result.status == 0, "\(result.all)")
            let bytes = Array(try Data(contentsOf: output))
            // Three lines, or four with a comment, each ended by a line feed.
            var lines = 0
            var start = 0
            while lines < 3, start < bytes.count {
                let isComment = bytes[start] == UInt8(ascii: "#")
                start = (bytes[start...].firstIndex(of: 10) ?? bytes.count - 1) + 1
                lines += isComment ? 0 : 1
            }
            return Array(bytes[start...])
        }
    }
}
