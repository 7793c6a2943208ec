import DICOM
import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Testing

@testable import Studies

@Suite("Reading headers")
struct ImageHeaderTests {
    private func header(_ build: (DataSetBuilder) throws -> Void) throws -> ImageHeader {
        let builder = try DataSetBuilder()
        try builder.set(.sopClassUID, .uid(SOPClass.digitalXRayImageStorageForPresentation.uid))
        try builder.set(.sopInstanceUID, .uid(UID(known: "1.2.3")))
        try builder.set(.studyInstanceUID, .uid(UID(known: "1.2.4")))
        try builder.set(.seriesInstanceUID, .uid(UID(known: "1.2.5")))
        try build(builder)
        let dataSet = try DataSet(bytes: try builder.part10())
        return try #require(ImageHeader(dataSet, file: URL(filePath: "/x")))
    }

    @Test(
        arguments: [
            ("045Y", nil, nil, 45.0), ("018M", nil, nil, 1.5), ("010D", nil, nil, 10 / 365.25),
            (nil, "20000229", "20200229", 20.0), (nil, "20200101", "20190101", nil), ("XXXY", nil, nil, nil),
            (nil, "19991301", "20200101", nil), (nil, nil, nil, nil),
        ] as [(String?, String?, String?, Double?)])
    func ageComesFromItsAttributeOrFromDates(age: String?, birth: String?, study: String?, years: Double?) throws {
        let header = try header { builder in
            for (tag, text) in [(Tag.patientAge, age), (.patientBirthDate, birth), (.studyDate, study)] {
                if let text { try builder.set(tag, .text(text)) }
            }
        }
        #expect(header.stated.age.map { ($0 * 100).rounded() } == years.map { ($0 * 100).rounded() })
    }

    @Test(
        arguments: [
            ("272479007", "PA"), ("R-10206", "AP"), ("399173006", "LL"), ("399067008", "LATERAL"), ("1234", nil),
        ] as [(String, String?)])
    func aViewMayBeCoded(code: String, view: String?) throws {
        let header = try header { try $0.appendCode(code, "SCT", "view", to: .viewCodeSequence) }
        #expect(header.stated.view == view)
    }

    @Test func whatIsEmptyOrNonsenseIsUnknown() throws {
        let header = try header { builder in
            try builder.set(.viewPosition, .empty)
            try builder.set(.bodyPartExamined, .text("UNKNOWN"))
            try builder.set(.imagerPixelSpacing, .texts(["0", "-1"]))
        }
        #expect(header.stated == StatedFacts())
        #expect(header.spacing == nil)
        #expect(!header.hasPixels)
        #expect(header.rows == 0)
    }

    @Test(
        "Columns that go on to the patient's right make a mirrored image",
        arguments: [("R\\F", true), ("L\\F", false), ("", false), ("P\\F", false)])
    func patientOrientationTellsMirroredImages(orientation: String, isMirrored: Bool) throws {
        let header = try header { try $0.set(.patientOrientation, .texts(orientation.components(separatedBy: "\\"))) }
        #expect(header.stated.isMirrored == isMirrored)
        #expect(header.stated.namesSides == (orientation.hasPrefix("R") || orientation.hasPrefix("L")))
    }

    @Test(
        "Image Laterality before Laterality tells that one side alone is shown; both and none tell nothing",
        arguments: [
            ("R", "", LungSide.right), ("", "L", .left), ("L", "R", .left), ("U", "", nil), ("B", "", nil),
            ("", "", nil),
        ] as [(String, String, LungSide?)])
    func laterality(ofImage: String, ofSeries: String, side: LungSide?) throws {
        let header = try header { builder in
            if !ofImage.isEmpty { try builder.set(.imageLaterality, .text(ofImage)) }
            if !ofSeries.isEmpty { try builder.set(.laterality, .text(ofSeries)) }
        }
        #expect(header.stated.laterality == side)
    }

    @Test(
        "So do slices of a prone patient; of a patient on the side neither side is at the left",
        arguments: [([-1, 0, 0, 0, -1, 0], "R"), ([1, 0, 0, 0, 1, 0], "L"), ([0, 1, 0, -1, 0, 0], "P")])
    func imageOrientationTellsMirroredSlices(orientation: [Double], direction: String) throws {
        let header = try header { builder in
            try builder.set(.sopClassUID, .uid(SOPClass.ctImageStorage.uid))
            try builder.set(.imageOrientationPatient, .numbers(orientation))
        }
        #expect(header.rowDirection == direction)
        #expect(header.stated.isMirrored == (direction == "R"))
    }

    @Test func enhancedCTTellsItsGeometryInFunctionalGroups() throws {
        let header = try header { builder in
            try builder.set(.sopClassUID, .uid(SOPClass.enhancedCTImageStorage.uid))
            let shared = try builder.appendItem(to: .sharedFunctionalGroups)
            let measures = try shared.appendItem(to: .pixelMeasuresSequence)
            try measures.set(.pixelSpacing, .numbers([0.7, 0.7]))
            try measures.set(.sliceThickness, .number(1.25))
            try shared.appendItem(to: .planeOrientationSequence)
                .set(.imageOrientationPatient, .numbers([1, 0, 0, 0, 1, 0]))
            try builder.appendItem(to: .perFrameFunctionalGroups).appendItem(to: .planePositionSequence)
                .set(.imagePositionPatient, .numbers([0, 0, -120]))
        }
        #expect(header.spacing == PixelSpacing(row: 0.7, column: 0.7))
        #expect(
            header.slice
                == ImageHeader.SliceFacts(orientation: [1, 0, 0, 0, 1, 0], position: [0, 0, -120], thickness: 1.25))
        #expect(header.rowDirection == "L")
    }
}

@Suite("Slices in the order of geometry (method §8)")
struct SliceStackTests {
    @Test func slicesAreOrderedByPositionAndDoublesLeftOut() throws {
        var series = [ImageHeader].series("1.1", count: 10)
        series.swapAt(2, 7)
        series[9].slice?.position = [0, 0, 3]
        let stack = try SliceStack(series)
        #expect(stack.places.compactMap { $0.header.slice?.position.last } == (0..<9).map(Double.init))
        #expect(stack.leftOut.map(\.reason) == [.samePosition])
        let positions: [Double?] = (0..<9).map(Double.init)
        #expect(stack.places.map(\.position) == positions)
    }

    @Test func aSeriesTooLargeForMemoryIsThinnedEvenly() throws {
        let stack = try SliceStack(.series("1.1", count: 100))
        let places = stack.thinned(toPixels: 25 * 512 * 512)
        let expected: [Double?] = (0..<25).map { Double(4 * $0 + 2) }
        #expect(places.map(\.position) == expected)
        #expect(stack.thinned(toPixels: 100 * 512 * 512).count == 100)
        #expect(stack.thinned(toPixels: 0).count >= CTRules.leastSlices)
    }

    @Test func moreFramesThanCanBeOrderedAreRefused() {
        var object = [ImageHeader].series("1.1", count: 1)
        object[0].frames = 1 << 20
        #expect(throws: StudiesError.self) { try SliceStack(object) }
    }

    @Test func aFrameOverTheLimitIsRefusedBeforeDecoding() {
        var header = ImageHeader.radiograph("1.1")
        (header.rows, header.columns) = (65535, 65535)
        #expect(throws: StudiesError.self) { try StudyLimits().check(header) }
    }
}
