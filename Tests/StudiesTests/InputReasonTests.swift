import DICOM
import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Imaging
import Reporting
import Testing

@testable import Studies

/// With the default bundle, which looks at the whole image first.
@Suite("Why an image is not read", .enabled(if: Sample.defaultAnalyzer != nil), .serialized)
struct InputReasonTests {
    private let film: GreyPlane

    init() throws {
        let frame = try DataSet(contentsOf: Sample.radiograph("covid19")).displayFrame(0, window: .automatic)
        film = GreyPlane(width: frame.width, height: frame.height, pixels: frame.grey)
    }

    /// - Parameter view: with one, the object's Patient Orientation names its sides.
    private func analyse(_ plane: GreyPlane, view: String) throws -> StudyResult {
        let analyzer = try #require(Sample.defaultAnalyzer)
        return try Workplace.withTemporaryFolder { folder in
            var options = Sample.options(.cr)
            options.view = view
            let object = folder.appending(path: "image.dcm")
            try Data(try Sample.object(try Sample.write(plane, "image.png", in: folder), options)).write(to: object)
            return try analyzer.analyse(files: [object], identity: Sample.identity(analyzer))
        }
    }

    @Test("A film that is mirrored against its header is review for that, in report and JSON; as it is, it is read")
    func contradictedSides() throws {
        #expect(try analyse(film, view: "PA").summary.outcome == .classified(.covid19))
        let result = try analyse(film.mirrored, view: "PA")
        #expect(result.summary.outcome == .review)
        #expect(result.summary.reasons == [.sidesContradicted])
        let line = AnalysisLine(path: "x", finding: try #require(result.summary.findings.first), revision: 1)
        #expect(String(decoding: try JSONEncoder().encode(line), as: UTF8.self).contains(#"["sides_contradicted"]"#))
        let report = try #require(result.objects.first)
        let codes = try StructuredDocument(part10: report.part10).root.all.compactMap {
            if case .code(let code) = $0.value { code.value } else { nil }
        }
        #expect(codes.contains("RSN_SIDES"))
    }

    @Test("Without a word on its sides it just looks mirrored")
    func mirrored() throws {
        #expect(try analyse(film.mirrored, view: "").summary.reasons == [.mirrored])
    }

    @Test("A film whose lower part is noise is torn, whatever that looks like; noise alone is no chest")
    func noise() throws {
        var state: UInt64 = 1
        func noise() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
        var torn = film
        for index in film.pixels.count * 3 / 5..<film.pixels.count { torn.pixels[index] = noise() }
        #expect(try analyse(torn, view: "PA").summary.reasons == [.torn])
        var nothing = film
        for index in nothing.pixels.indices { nothing.pixels[index] = noise() }
        #expect(try analyse(nothing, view: "PA").summary.reasons == [.notAChestRadiograph])
    }
}
