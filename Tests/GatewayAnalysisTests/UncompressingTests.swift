import DICOM
import DICOMCore
import DIMSE
import Foundation
import HilumTesting
import Testing
import Workflow

@testable import GatewayAnalysis

@Suite("Objects for destinations that take nothing compressed, and their comparison")
struct UncompressingTests {
    static let compressed = Workplace.root.appending(path: "SampleStudies/cxr-normal/image.dcm")

    @Test func pixelsAreDecodedInTheFirstSyntaxThatThePeerTakes() throws {
        let object = try StorableObject(file: Self.compressed.path)
        let made = try #require(try Uncompressing.transcode(object, [.explicitVRLittleEndian]))
        #expect(made.transferSyntax == .explicitVRLittleEndian && made.sopInstanceUID == object.sopInstanceUID)
        guard case .bytes(let bytes) = made.source else {
            Issue.record("it is a file still")
            return
        }
        let pixels = try DataSet(contentsOf: Self.compressed.path).uncompressed(as: .explicitVRLittleEndian)
        #expect(pixels.suffix(1000) == bytes.suffix(1000))
    }

    @Test func aPeerWithoutSuchASyntaxGetsNothing() throws {
        let object = try StorableObject(file: Self.compressed.path)
        #expect(try Uncompressing.transcode(object, [.jpegLSLossless]) == nil)
    }

    @Test func theSameImageInAnotherSyntaxIsEqualAndAnotherImageIsNot() throws {
        try Workplace.withTemporaryFolder { folder in
            let other = folder.appending(path: "raw.dcm")
            try Data(DataSet(contentsOf: Self.compressed.path).uncompressed(as: .explicitVRLittleEndian)).write(
                to: other)
            #expect(try ContentComparer().compare(Self.compressed, other) == .equal)
            let viral = Workplace.root.appending(path: "SampleStudies/cxr-viral-pneumonia/image.dcm")
            guard case .different = try ContentComparer().compare(Self.compressed, viral) else {
                Issue.record("two images are one")
                return
            }
        }
    }
}
