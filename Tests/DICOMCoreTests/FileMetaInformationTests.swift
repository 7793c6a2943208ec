import DICOMCore
import Foundation
import HilumTesting
import Testing

@Suite struct FileMetaInformationTests {
    @Test(.enabled(if: Tool("dcmdump") != nil)) func dcmtkReadsWhatIsWritten() throws {
        var meta = FileMetaInformation(
            sopClassUID: SOPClass.ctImageStorage.uid, sopInstanceUID: UID("1.2.3"),
            transferSyntaxUID: TransferSyntax.explicitVRLittleEndian.uid)
        meta.sourceApplicationEntityTitle = AETitle("MODALITY")
        var dataSet = DataSetEncoder(.explicitLittleEndian)
        dataSet.append(.sopClassUID, SOPClass.ctImageStorage.uid)
        dataSet.append(.modality, .cs, "CT")
        let output = try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "a.dcm")
            try Data(meta.encode() + dataSet.bytes).write(to: file)
            return try #require(Tool("dcmdump")).run(["-Un", file.path])
        }
        #expect(output.status == 0, "\(output.all)")
        for part in ["(0002,0010) UI [1.2.840.10008.1.2.1]", "(0002,0016) AE [MODALITY]", "(0008,0060) CS [CT]"] {
            #expect(output.all.contains(part), "\(output.all)")
        }
        #expect(!output.all.contains("W:") && !output.all.contains("E:"), "\(output.all)")
    }

    @Test func everyTruncationAsksForMore() throws {
        let bytes = FileMetaInformation(
            sopClassUID: SOPClass.ctImageStorage.uid, sopInstanceUID: UID("1.2.3"),
            transferSyntaxUID: TransferSyntax.explicitVRLittleEndian.uid
        ).encode()
        for length in 0..<bytes.count {
            #expect(try FileMetaInformation.parse(bytes.prefix(length)) == nil)
        }
        let following = bytes + [8, 0, 0x16, 0, 0, 0, 0, 0]
        #expect(try FileMetaInformation.parse(following)?.dataSetOffset == bytes.count)
    }
}
