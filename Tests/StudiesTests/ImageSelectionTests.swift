import DICOMCore
import Diagnosis
import Foundation
import Testing

@testable import Studies

@Suite("The choice of images (method §7)")
struct ImageSelectionTests {
    @Test func frontalViewsAreChosenAndOthersListed() {
        let selection = ImageSelection(of: [
            .radiograph("1.1", view: "PA"), .radiograph("1.2", view: "LL"), .radiograph("1.3", view: "AP"),
            .radiograph("1.4", view: nil), .radiograph("1.5", view: "RLO"), .radiograph("1.6", view: "AP SUPINE"),
        ])
        #expect(selection.radiographs.map(\.sopInstanceUID.string) == ["1.1", "1.3", "1.4", "1.6"])
        #expect(selection.reasons == ["1.2": .view("LL"), "1.5": .view("RLO")])
    }

    @Test func anotherBodyPartIsAnalysedSoThatItEndsInReview() {
        let selection = ImageSelection(of: [.radiograph("1.1", view: "AP", bodyPart: "ABDOMEN")])
        #expect(selection.radiographs.count == 1)
    }

    @Test func oneImageOfAnExposureIsTakenForPresentationFirst() {
        let event = UID(known: "1.9")
        let selection = ImageSelection(of: [
            .radiograph("1.1", event: event, isForProcessing: true), .radiograph("1.2", event: event),
            .radiograph("1.3", event: event), .radiograph("1.4"),
        ])
        #expect(selection.radiographs.map(\.sopInstanceUID.string) == ["1.2", "1.4"])
        #expect(selection.reasons == ["1.1": .sameAcquisition, "1.3": .sameAcquisition])
    }

    @Test func aDerivedImageNamesItsExposureBySourceImage() {
        var derived = ImageHeader.radiograph("1.2")
        derived.acquisition.sourceUIDs = [UID(known: "1.1")]
        let selection = ImageSelection(of: [.radiograph("1.1", isForProcessing: true), derived])
        #expect(selection.radiographs.map(\.sopInstanceUID.string) == ["1.2"])
    }

    @Test func theSameMomentAndViewIsOneExposureAndAnotherViewIsNot() {
        var images = [
            ImageHeader.radiograph("1.1", view: "PA"), .radiograph("1.2", view: "PA"), .radiograph("1.3", view: "AP"),
        ]
        for index in images.indices { images[index].acquisition.moment = "20260102 101112" }
        #expect(ImageSelection(of: images).radiographs.map(\.sopInstanceUID.string) == ["1.1", "1.3"])
    }

    @Test("Of a dual-energy exposure the standard image is taken, wherever it stands", arguments: 0..<6)
    func dualEnergy(order: Int) {
        let places = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][order]
        var images = ["1.1", "1.2", "1.3"].map { ImageHeader.radiograph($0, view: "PA") }
        for index in images.indices { images[index].acquisition.moment = "20260102 101112" }
        (images[places[0]].imageType, images[places[0]].seriesDescription) = (["DERIVED", "PRIMARY"], "Chest PA Bone")
        (images[places[1]].imageType, images[places[1]].acquisition.derivation) = (
            ["DERIVED", "PRIMARY"], "DUAL ENERGY SOFT TISSUE"
        )
        images[places[2]].imageType = ["ORIGINAL", "PRIMARY"]
        let standard = images[places[2]].sopInstanceUID
        #expect(ImageSelection(of: images).radiographs.map(\.sopInstanceUID) == [standard])
        // The standard image may be derived, too, and even be the one for processing.
        images[places[2]].imageType = ["DERIVED", "PRIMARY"]
        #expect(ImageSelection(of: images).radiographs.map(\.sopInstanceUID) == [standard])
        images[places[2]].acquisition.isForProcessing = true
        #expect(ImageSelection(of: images).radiographs.map(\.sopInstanceUID) == [standard])
    }

    @Test func anOriginalComesBeforeWhatWasDerivedFromIt() {
        var images = ["1.1", "1.2"].map { ImageHeader.radiograph($0, view: "PA") }
        for index in images.indices { images[index].acquisition.moment = "20260102 101112" }
        images[0].imageType = ["DERIVED", "PRIMARY"]
        images[1].imageType = ["ORIGINAL", "PRIMARY"]
        #expect(ImageSelection(of: images).radiographs.map(\.sopInstanceUID.string) == ["1.2"])
    }

    @Test func forProcessingAloneIsTaken() {
        #expect(ImageSelection(of: [.radiograph("1.1", isForProcessing: true)]).radiographs.count == 1)
    }

    @Test func secondaryCapturesCountOnlyWhereNothingElseIs() {
        let capture = ImageHeader.radiograph("1.2", sopClass: .secondaryCaptureImageStorage, modality: "OT")
        #expect(ImageSelection(of: [capture]).radiographs.count == 1)
        let beside = ImageSelection(of: [.radiograph("1.1"), capture])
        #expect(beside.reasons == ["1.2": .secondaryCapture])
        var screen = capture
        screen.modality = "CT"
        #expect(ImageSelection(of: [screen]).reasons == ["1.2": .kindOfObject("CT")])
    }

    @Test func whatHilumMadeIsNeverAnalysed() {
        var byName = ImageHeader.radiograph("2.25.1", sopClass: .secondaryCaptureImageStorage)
        byName.manufacturer = "Hilum"
        var byDevice = ImageHeader.radiograph("1.2")
        byDevice.deviceUID = UID(known: "2.25.7")
        let selection = ImageSelection(of: [byName, byDevice], ownDeviceUID: UID(known: "2.25.7"))
        #expect(selection.isEmpty)
        #expect(selection.reasons == ["2.25.1": .madeByHilum, "1.2": .madeByHilum])
        // A name alone is anybody's.
        var byAnother = ImageHeader.radiograph("1.3")
        byAnother.manufacturer = "Hilum"
        #expect(!ImageSelection(of: [byAnother]).isEmpty)
    }

    @Test func otherObjectsAndRepeatsAreListed() {
        var empty = ImageHeader.radiograph("1.3")
        empty.hasPixels = false
        let selection = ImageSelection(of: [
            .radiograph("1.1"), .radiograph("1.1"), empty,
            .radiograph("1.4", sopClass: .enhancedSRStorage, modality: "SR"), .radiograph("1.5", frames: 12),
        ])
        #expect(selection.radiographs.count == 1)
        #expect(
            selection.reasons == [
                "1.1": .repeated, "1.3": .noPixels, "1.4": .kindOfObject("SR"), "1.5": .severalFrames(12),
            ])
    }
}

@Suite("The choice of a CT series (method §7)")
struct CTSelectionTests {
    @Test func theThinnestAxialSeriesIsTaken() {
        let selection = ImageSelection(of: .series("1.5", thickness: 5) + .series("1.1", thickness: 1))
        #expect(Set(selection.ct.map(\.seriesInstanceUID.string)) == ["1.1"])
        #expect(Set(selection.notChosen.map(\.reason)) == [.thickerSlices])
    }

    @Test func amongEquallyThinSeriesTheLungKernelIsTaken() {
        let selection = ImageSelection(of: .series("1.1", kernel: "B30f") + .series("1.2", kernel: "B70f"))
        #expect(Set(selection.ct.map(\.seriesInstanceUID.string)) == ["1.2"])
        #expect(Set(selection.notChosen.map(\.reason)) == [.otherKernel])
    }

    @Test(arguments: [
        ("B70f", true), ("Bl57", true), ("LUNG", true), ("FC51", true), ("FC08", false), ("STANDARD", false),
        ("B30f", false), ("L", true), ("", false), ("I70f\\3", true), ("SOFT", false), ("B", false),
    ])
    func lungKernelsAreKnownByName(kernel: String, isLung: Bool) {
        #expect(LungKernel.isOne(kernel) == isLung)
    }

    @Test func eightSlicesAreNeeded() {
        #expect(ImageSelection(of: .series("1.1", count: 8)).ct.count == 8)
        let few = ImageSelection(of: .series("1.1", count: 7))
        #expect(few.ct.isEmpty)
        #expect(Set(few.notChosen.map(\.reason)) == [.tooFewSlices(7)])
    }

    @Test func localizersReformatsAndOtherPlanesAreNotTaken() {
        var series = [ImageHeader].series("1.1", count: 12)
        series[0].imageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        series[1].imageType = ["DERIVED", "SECONDARY", "REFORMATTED"]
        series[2].slice?.orientation = [1, 0, 0, 0, 0, -1]
        series[3].slice?.position = []
        let selection = ImageSelection(of: series)
        #expect(selection.ct.count == 8)
        #expect(Set(selection.notChosen.map(\.reason)) == [.localizer, .reformat, .notAxial, .noPosition])
    }

    @Test func aTiltedGantryStaysAxial() {
        let angle = 25 * Double.pi / 180
        #expect(CTRules.isAxial([1, 0, 0, 0, cos(angle), -sin(angle)]))
        #expect(!CTRules.isAxial([1, 0, 0, 0, 0, -1]))
        #expect(!CTRules.isAxial([1, 0, 0]))
        #expect(!CTRules.isAxial([.nan, 0, 0, 0, .nan, 0]))
    }

    @Test func aStrayStackOfTheSeriesIsLeftOut() {
        var series = [ImageHeader].series("1.1", count: 10)
        series[9].rows = 256
        let selection = ImageSelection(of: series)
        #expect(selection.ct.count == 9)
        #expect(selection.reasons == ["1.1.9": .otherStack])
    }

    /// Two acquisitions of one series, each of so many slices 5 mm apart.
    private static func acquisitions(
        _ counts: [Int], offsets: [Double], numbers: [Int?] = [1, 2], moments: [String] = ["", ""]
    ) -> [ImageHeader] {
        counts.indices.flatMap { look in
            var slices = [ImageHeader].series("1.1", count: counts[look])
            for index in slices.indices {
                slices[index].sopInstanceUID = UID("1.1.\(look + 1).\(index)") ?? slices[index].sopInstanceUID
                slices[index].slice?.position = [0, 0, offsets[look] + 5 * Double(index)]
                slices[index].acquisition.number = numbers[look]
                slices[index].acquisition.moment = moments[look]
            }
            return slices
        }
    }

    @Test("Of two acquisitions at one place one is taken, whatever their offsets", arguments: [0, 1, 2.5, 5, 20])
    func secondLooksAreLeftOut(offset: Double) {
        let headers = Self.acquisitions([24, 24], offsets: [0, offset])
        let selection = ImageSelection(of: headers.reversed())
        #expect(selection.ct.count == 24)
        #expect(Set(selection.ct.map(\.acquisition.number)) == [1])
        #expect(selection.notChosen.map(\.reason) == Array(repeating: .otherAcquisition, count: 24))
        let byTime = Self.acquisitions([24, 24], offsets: [0, offset], numbers: [nil, nil], moments: ["1", "2"])
        #expect(Set(ImageSelection(of: byTime).ct.map(\.acquisition.moment)) == ["1"])
    }

    @Test("The larger of two acquisitions is taken; those that follow each other are one")
    func acquisitionsThatFollowEachOther() {
        let larger = ImageSelection(of: Self.acquisitions([10, 24], offsets: [20, 0]))
        #expect(Set(larger.ct.map(\.acquisition.number)) == [2] && larger.ct.count == 24)
        #expect(ImageSelection(of: Self.acquisitions([12, 12], offsets: [0, 60])).ct.count == 24)
        #expect(ImageSelection(of: Self.acquisitions([12, 12], offsets: [0, 45])).ct.count == 24)
        // Step and shoot: every slice an acquisition of its own.
        var single = [ImageHeader].series("1.1", count: 20)
        for index in single.indices { single[index].acquisition.number = index }
        #expect(ImageSelection(of: single).ct.count == 20)
    }

    @Test func aThinnerHeadDoesNotWinOverTheChest() {
        let head = [ImageHeader].series("1.1", thickness: 0.6, bodyPart: "HEAD")
        let selection = ImageSelection(of: head + .series("1.2", thickness: 1, bodyPart: "CHEST"))
        #expect(Set(selection.ct.map(\.seriesInstanceUID.string)) == ["1.2"])
        #expect(Set(selection.notChosen.map(\.reason)) == [.otherBodyPart("HEAD")])
        #expect(ImageSelection(of: head).ct.count == 10, "a head alone is analysed and ends in review")
    }

    @Test func aMultiFrameObjectCountsItsFrames() {
        var object = [ImageHeader].series("1.1", count: 1)
        object[0].frames = 40
        #expect(ImageSelection(of: object).ct.count == 1)
    }

    @Test func theOrderOfFilesChangesNothing() {
        let headers =
            [ImageHeader].series("1.1", kernel: "B30f") + .series("1.2", kernel: "B30f") + [.radiograph("2.1")]
        let one = ImageSelection(of: headers)
        let other = ImageSelection(of: headers.reversed())
        #expect(one.ct.map(\.sopInstanceUID) == other.ct.map(\.sopInstanceUID))
        #expect(one.notChosen.map(\.header.sopInstanceUID) == other.notChosen.map(\.header.sopInstanceUID))
    }
}

extension ImageSelection {
    var reasons: [String: NotChosenReason] {
        Dictionary(notChosen.map { ($0.header.sopInstanceUID.string, $0.reason) }) { first, _ in first }
    }
}

extension ImageHeader {
    static func radiograph(
        _ uid: String, sopClass: SOPClass = .digitalXRayImageStorageForPresentation, modality: String = "DX",
        view: String? = "PA", bodyPart: String? = "CHEST", event: UID? = nil, isForProcessing: Bool = false,
        frames: Int = 1
    ) -> ImageHeader {
        ImageHeader(
            file: URL(filePath: "/\(uid)"), sopClassUID: sopClass.uid, sopInstanceUID: UID(uid)!,
            studyInstanceUID: UID(known: "1.2.3"), seriesInstanceUID: UID(known: "1.2.3.4"), modality: modality,
            rows: 256, columns: 256, frames: frames,
            stated: StatedFacts(bodyPart: bodyPart, view: view),
            acquisition: Acquisition(eventUIDs: event.map { [$0] } ?? [], isForProcessing: isForProcessing))
    }
}

extension [ImageHeader] {
    static func series(
        _ uid: String, count: Int = 10, thickness: Double? = 1, kernel: String = "", bodyPart: String? = nil
    ) -> [ImageHeader] {
        (0..<count).map { index in
            ImageHeader(
                file: URL(filePath: "/\(uid).\(index)"), sopClassUID: SOPClass.ctImageStorage.uid,
                sopInstanceUID: UID("\(uid).\(index)")!, studyInstanceUID: UID(known: "1.2.3"),
                seriesInstanceUID: UID(uid)!, modality: "CT", instanceNumber: index,
                imageType: ["ORIGINAL", "PRIMARY", "AXIAL"], rows: 512, columns: 512,
                stated: StatedFacts(bodyPart: bodyPart),
                slice: ImageHeader.SliceFacts(
                    orientation: [1, 0, 0, 0, 1, 0], position: [0, 0, Double(index)], thickness: thickness,
                    kernel: kernel))
        }
    }
}

@Suite struct NotChosenReasonTests {
    @Test("A reason repeats a value only where it is a term, since names stand there too")
    func names() {
        #expect("\(NotChosenReason.view("LL"))" == "not a frontal view (LL)")
        #expect("\(NotChosenReason.view("LEFT LATERAL"))" == "not a frontal view (LEFT LATERAL)")
        #expect("\(NotChosenReason.view("LL DOE^JANE"))" == "not a frontal view")
        #expect("\(NotChosenReason.view("LL 19310714"))" == "not a frontal view")
        #expect("\(NotChosenReason.kindOfObject("MR"))" == "no radiograph or CT (MR)")
        #expect("\(NotChosenReason.kindOfObject("DOE"))" == "no radiograph or CT")
        #expect("\(NotChosenReason.otherBodyPart("HEAD"))" == "another body part (HEAD) than the chosen series")
        #expect("\(NotChosenReason.otherBodyPart("DOE^JANE"))" == "another body part than the chosen series")
    }
}
