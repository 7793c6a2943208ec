import DICOMCore
import Foundation
import HilumTesting
import Testing

@Suite struct FileScannerTests {
    private static let dataSet = DataSetScannerTests.explicit
    private static let meta = FileMetaInformation(
        sopClassUID: SOPClass.ctImageStorage.uid, sopInstanceUID: UID("1.2.3.4"),
        transferSyntaxUID: TransferSyntax.jpegBaseline8Bit.uid)

    private func scanFile(_ bytes: [UInt8], piece: Int = .max) throws -> (head: FileHead, identity: InstanceIdentity) {
        var scanner = FileScanner(length: UInt64(bytes.count))
        var rest = bytes[...]
        while !rest.isEmpty {
            try rest.prefix(piece).withUnsafeBytes { try scanner.push($0) }
            rest = rest.dropFirst(piece)
        }
        return try scanner.finish()
    }

    @Test func part10IsReadInEverySplit() throws {
        let bytes = Self.meta.encode() + Self.dataSet
        for piece in 1..<200 {
            let (head, identity) = try scanFile(bytes, piece: piece)
            #expect(head.form == .part10)
            #expect(head.meta == Self.meta)
            #expect(head.dataSetOffset == Self.meta.encode().count)
            #expect(identity.sopInstanceUID?.string == "1.2.3.4")
        }
    }

    @Test func aMissingPreambleIsNoticed() throws {
        let (head, _) = try scanFile(Array((Self.meta.encode() + Self.dataSet).dropFirst(132)))
        #expect(head.form == .missingPreamble)
        #expect(head.transferSyntax == .jpegBaseline8Bit)
    }

    @Test func aBareDataSetShowsItsSyntax() throws {
        let (head, identity) = try scanFile(Self.dataSet)
        #expect(head.form == .missingMetaHeader)
        #expect(head.transferSyntax == .explicitVRLittleEndian)
        #expect(identity.modality == "CT")
        let implicit = DataSetBytes.implicit(0x0008, 0x0060, DataSetBytes.text("MR"))
        #expect(try scanFile(implicit).head.transferSyntax == .implicitVRLittleEndian)
    }

    @Test(arguments: ["", "GIF89a", String(repeating: "text ", count: 100)])
    func whatIsNoDICOMIsRefused(_ text: String) {
        #expect(throws: DICOMCoreError.self) { try scanFile(Array(text.utf8)) }
    }

    /// Cut off, without a transfer syntax, or with lengths that lead nowhere. pydicom finds no image in them either.
    private static let refused: Set<String> = [
        "images/dicomdir/DICOMDIR-nooffset", "broken/no_meta.dcm", "broken/meta_missing_tsyntax.dcm",
        "broken/MR_truncated.dcm", "broken/rtplan_truncated.dcm", "broken/emri_small_jpeg_2k_lossless_too_short.dcm",
        "broken/3gb-bulk-data-truncated", "broken/GH179A.dcm", "broken/GH179B.dcm",
    ]

    @Test(.enabled(if: Workplace.shared != nil, "wants ../shared/data"))
    func theCorpusIsScannedOrRefusedWithASentence() throws {
        let folder = try #require(Workplace.shared).appending(path: "data/dicom")
        let table = try String(contentsOf: folder.appending(path: "index.csv"), encoding: .utf8)
        for line in table.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = Self.fields(line)
            do {
                let scan = try FileReader.scan(path: folder.appending(path: fields[0]).path)
                #expect(!Self.refused.contains(fields[0]), "\(fields[0])")
                if !fields[7].isEmpty { #expect(scan.head.transferSyntax.uid.string == fields[7], "\(fields[0])") }
                if let rows = Int(fields[14]) { #expect(scan.identity.rows == rows, "\(fields[0])") }
            } catch {
                #expect(Self.refused.contains(fields[0]), "\(fields[0]): \(error)")
            }
        }
    }

    /// Fields of a line of comma-separated values, with quotes.
    private static func fields(_ line: Substring) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().reduce(into: [""]) { fields, part in
            guard part.offset.isMultiple(of: 2) else {
                fields[fields.count - 1] += part.element
                return
            }
            let pieces = part.element.split(separator: ",", omittingEmptySubsequences: false)
            fields[fields.count - 1] += pieces[0]
            fields += pieces.dropFirst().map(String.init)
        }
    }
}
