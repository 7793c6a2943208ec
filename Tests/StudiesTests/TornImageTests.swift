import DICOM
import Foundation
import HilumTesting
import Imaging
import Testing

@testable import Diagnosis

@Suite("Images that a damaged stream left half noise")
struct TornImageTests {
    private static let samples = Workplace.root.appending(path: "SampleStudies")

    private func grey(_ file: URL) throws -> GreyPlane {
        let frame = try DataSet(contentsOf: file).displayFrame(0, window: .automatic)
        return GreyPlane(width: frame.width, height: frame.height, pixels: frame.grey)
    }

    @Test(
        "Eight overwritten bytes of JPEG Lossless, which decodes without complaint",
        .enabled(if: Tool("dcmcjpeg") != nil))
    func overwrittenBytes() throws {
        let dcmcjpeg = try #require(Tool("dcmcjpeg"))
        try Workplace.withTemporaryFolder { folder in
            let lossless = folder.appending(path: "lossless.dcm")
            let source = Self.samples.appending(path: "cxr-covid19/image.dcm")
            try #require(try dcmcjpeg.run(["+e1", source.path, lossless.path]).status == 0)
            #expect(try !TornImage.holds(grey(lossless)))
            var bytes = [UInt8](try Data(contentsOf: lossless))
            let start = bytes.count * 4 / 10
            bytes.replaceSubrange(start..<start + 8, with: [3, 141, 59, 26, 53, 58, 97, 93])
            let torn = folder.appending(path: "torn.dcm")
            try Data(bytes).write(to: torn)
            #expect(try TornImage.holds(grey(torn)))
        }
    }

    @Test func noSampleIsTorn() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.samples.path).filter {
            $0.hasPrefix("cxr-")
        }
        #expect(folders.count > 3)
        for folder in folders {
            #expect(try !TornImage.holds(grey(Self.samples.appending(path: "\(folder)/image.dcm"))), "\(folder)")
        }
    }
}
