import DICOM
import DICOMCore
import Diagnosis
import Imaging
import Testing

@testable import Reporting

@Suite struct ReportContentTests {
    private func read(_ name: String, _ kind: ReportClass = .comprehensive3D) throws -> ReadReport {
        try ReportReader.read(ReportWriter.structuredReport(Cases.request(name), kind: kind).part10)
    }

    @Test("The same request gives the same bytes", arguments: ReportClass.allCases)
    func reportsAreDeterministic(kind: ReportClass) throws {
        let first = try ReportWriter.structuredReport(Cases.request("several"), kind: kind)
        let second = try ReportWriter.structuredReport(Cases.request("several"), kind: kind)
        // Compared outside: a difference of arrays this long takes for ever to print.
        let isSame = first.part10 == second.part10
        #expect(isSame)
        #expect(first.sopInstanceUID == second.sopInstanceUID)
    }

    @Test("What is read back is the tree that was written", arguments: Cases.names)
    func treesSurvive(name: String) throws {
        let request = try Cases.request(name)
        let tree = MeasurementReport(request: request, phrases: .of(request.identity.language)).root
        let back = try read(name).document.root
        #expect(back.all.map(\.name?.meaning) == tree.all.map(\.name?.meaning))
        #expect(back == tree)
    }

    @Test func readerFindsClassConfidenceAndTriage() throws {
        let report = try read("covid19")
        #expect(report.outcome == .classified(.covid19))
        #expect(report.triage == .urgent)
        #expect(abs((report.confidence ?? 0) - 0.933) < 1e-9)
        #expect(report.groups.map(\.side) == [.right, .left])
        #expect(report.groups[0].probabilities.map(\.name) == [.normal, .lungOpacity, .viralPneumonia, .covid19])
        #expect(report.groups[0].trackingIdentifier == "Suspected COVID-19 93%, Triage level 2 urgent, right lung")
        #expect(report.groups[0].trackingUID != report.groups[1].trackingUID)
        #expect(report.conclusion.contains("Research use, not a diagnosis, not for de-prioritising."))
    }

    @Test(
        "The answer is the first line of every form, how often it is right the second",
        arguments: ["en", "de", "fr", "es"])
    func answersComeFirst(_ language: String) throws {
        var covid = Samples.covid
        covid.finding.record = ClassRecord(images: 1472, accuracy: 0.784, interval: 0.762...0.804, precision: 0.61)
        let request = try Samples.request([covid], language: language)
        let phrases = Phrases.of(language)
        let lines = Conclusion(request: request, phrases: phrases).text.split(separator: "\r\n").map(String.init)
        #expect(lines[0].contains(phrases.name(of: .covid19)) && lines[0].contains("93%"))
        let limits = [phrases.sentences.normalMeans, phrases.name(of: .lungOpacity), phrases.sentences.researchUse]
        for figure in ["1472", "78%", "76%", "80%", "61%"] + limits {
            #expect(lines[1].contains(figure), "\(figure) in \(lines[1])")
        }
        for kind in ReportClass.allCases {
            let report = try ReportReader.read(ReportWriter.structuredReport(request, kind: kind).part10)
            #expect(report.conclusion.hasPrefix(lines[0]))
        }
        let basic = BasicText(request: request, phrases: phrases).root.children.map(\.name)
        let places = [Codes.DCM.conclusions, Codes.DCM.findings].map { basic.firstIndex(of: $0) ?? -1 }
        #expect(places[0] >= 0 && places[0] < places[1])
    }

    @Test(
        "A hand's image library does not say chest", arguments: [ReviewReason.bodyPart, .notAChestRadiograph, .turned])
    func targetRegions(_ reason: ReviewReason) throws {
        let finding = Samples.radiograph(.review, triage: nil, reasons: [reason], lungs: false)
        let report = try ReportReader.read(
            ReportWriter.structuredReport(Samples.request([finding]), kind: .comprehensive3D).part10)
        let regions = report.document.root.all.filter { $0.name == Codes.DCM.targetRegion }
        #expect(regions.count == (reason == .turned ? 1 : 0))
    }

    @Test("Of a review nothing is said on how often it is right")
    func reviewsHaveNoRecord() throws {
        let text = Conclusion(request: try Cases.request("review"), phrases: .of("en")).text
        #expect(!text.contains("test images"))
    }

    @Test func anImageWithoutLungsHasAGroupWithoutNumbersAndTheConclusionSaysWhy() throws {
        let report = try read("no_lungs")
        #expect(report.groups.count == 1)
        #expect(report.groups[0].numbers.isEmpty && report.groups[0].outline.isEmpty)
        #expect(report.groups[0].reasons == [.lungsNotFound])
        #expect(report.groups[0].image?.sopInstanceUID == SourceObjects.instance(Samples.seriesDX, "1"))
        #expect(report.conclusion.contains("lungs not found"))
        #expect(report.conclusion.contains("No lung contour could be drawn"))
    }

    @Test func aSeriesIsOutlinedOnItsLargestSliceAndListsAllAnalysedOnes() throws {
        let report = try read("ct")
        #expect(
            report.groups.map { $0.image?.sopInstanceUID.string } == Array(repeating: "\(Samples.seriesCT).7", count: 2)
        )
        let volume = report.groups[0].numbers.first { $0.name == Codes.SCT.volume }
        #expect(volume?.value == 4321.4 && volume?.unit == Codes.UCUM.millilitre)
        #expect(report.groups[1].numbers.allSatisfy { $0.name != Codes.SCT.volume })
        let library = report.document.root.child(named: Codes.DCM.imageLibrary)
        #expect(library?.all.count { if case .image = $0.value { true } else { false } } == 5)
        #expect(report.conclusion.contains("no CT classes in this bundle"))
        let data = try DataSet(bytes: ReportWriter.structuredReport(Cases.request("ct"), kind: .enhanced).part10)
        let evidence = data.sequence(.currentRequestedProcedureEvidenceSequence)
            .flatMap { $0.sequence(.referencedSeriesSequence) }.flatMap { $0.sequence(.referencedSOPSequence) }
        #expect(evidence.count == 12)
    }

    @Test func severalFindingsAndImagesNotChosenAreListed() throws {
        let report = try read("several")
        #expect(report.outcome == .classified(.covid19))
        #expect(report.groups.count == 6)
        #expect(Set(report.groups.map(\.trackingUID)).count == 6)
        let left = report.document.root.all.first { $0.name == Codes.Hilum.imageNotAnalysed }
        #expect(left?.textValue == "lateral view")
        #expect(report.conclusion.contains("Image 1 of 3: ") && report.conclusion.contains("CT series 3 of 3: "))
    }

    @Test("Of several films the study's answer stands first, then each in the order in which they were taken")
    func studiesAnswerFirst() throws {
        var late = Samples.covid
        late.sources[0].label = SourceImage.Label(view: "AP", number: 1, time: "15:40")
        var early = Samples.radiograph(
            .classified(.lungOpacity), probabilities: [0.05, 0.86, 0.05, 0.04], triage: .expedited, instance: "3")
        early.sources[0].label = SourceImage.Label(view: "PA", number: 2, time: "08:05")
        let request = try Samples.request([late, early])
        let lines = Conclusion(request: request, phrases: .of("en")).text.split(separator: "\r\n")
        #expect(lines[0] == "Most urgent of the study: image 2, Suspected COVID-19. Triage level 2 of 4 (urgent).")
        #expect(lines[1].hasPrefix("Image 1 of 2 (PA, # 2, 08:05): Lung opacity"))
        #expect(lines[2].hasPrefix("Image 2 of 2 (AP, # 1, 15:40): Suspected COVID-19"))
    }

    @Test("Whoever reads the tree from its top meets the answer before any number")
    func theConclusionComesBeforeWhatIsMeasured() throws {
        let names = try read("covid19").document.root.children.map(\.name)
        let places = [Codes.DCM.conclusion, Codes.DCM.imageLibrary, Codes.DCM.imagingMeasurements]
            .map { names.firstIndex(of: $0) ?? -1 }
        #expect(places[0] >= 0 && places == places.sorted())
    }

    @Test("The quality that was measured is coded, and what lacks is said", arguments: ["en", "de", "fr", "es"])
    func qualities(_ language: String) throws {
        var finding = Samples.covid
        #expect(try written(finding, language).groups[0].quality == nil, "nothing was measured")
        finding.finding.quality = ImageQuality.stub(.good, [])
        let good = try written(finding, language)
        #expect(good.groups.map(\.quality) == [.good, .good])
        finding.finding.quality = ImageQuality.stub(.poor, [.clipped])
        let poor = try written(finding, language)
        #expect(poor.groups.map(\.quality) == [.poor, .poor])
        let words = try #require(Phrases.of(language).defects[.clipped])
        #expect(poor.conclusion.contains(words) && !good.conclusion.contains(words))
    }

    private func written(_ finding: ReportedFinding, _ language: String) throws -> ReadReport {
        let request = try Samples.request([finding], language: language)
        return try ReportReader.read(ReportWriter.structuredReport(request, kind: .comprehensive3D).part10)
    }

    @Test func outlinesAreClosedAndInsideTheImage() throws {
        var finding = Samples.covid
        finding.finding.lungs[0].contours = [
            [Point(x: -50, y: -5), Point(x: 9000, y: 3), Point(x: 600, y: 9000)], [Point(x: 1, y: 1)],
        ]
        finding.finding.lungs[1].contours = [[Point(x: .nan, y: 1), Point(x: 3, y: 4), Point(x: 5, y: 6)]]
        let object = try ReportWriter.structuredReport(Samples.request([finding]), kind: .comprehensive3D)
        let groups = try ReportReader.read(object.part10).groups
        #expect(groups.count == 1)
        #expect(groups[0].outline.map(\.x) == [0, 1200, 600, 0])
        #expect(groups[0].outline.map(\.y) == [0, 3, 1400, 0])
    }

    @Test func unknownSpacingGivesTheShareOfTheImage() throws {
        var finding = Samples.covid
        finding.finding.lungs[0].area = nil
        finding.finding.lungs[0].share = 0.2345
        let object = try ReportWriter.structuredReport(Samples.request([finding]), kind: .comprehensive)
        let numbers = try ReportReader.read(object.part10).groups[0].numbers
        #expect(numbers.first { $0.name == Codes.Hilum.lungShare }?.value == 23.45)
        #expect(numbers.allSatisfy { $0.name != Codes.SCT.area })
    }

    /// PS3.5 9.1 forbids them, peers send them, and an image has no other name.
    @Test(arguments: ReportClass.allCases) func anImageIsReferredToByItsOwnUIDEvenWithLeadingZeros(kind: ReportClass)
        throws
    {
        let odd = UID(known: "1.2.840.01.5.6")
        #expect(!odd.isWellFormed && UID(known: "1.2.840.0.5").isWellFormed && !UID(known: "1..2").isWellFormed)
        var finding = Samples.covid
        finding.sources[0].sopInstanceUID = odd
        let object = try ReportWriter.structuredReport(Samples.request([finding]), kind: kind)
        #expect(throws: ReportingError.self) { try ReportReader.read(object.part10) }
        let report = try ReportReader.read(object.part10, lenient: true)
        #expect(
            report.document.root.all.contains { item in
                if case .image(let reference) = item.value { reference.sopInstanceUID == odd } else { false }
            } || kind == .basicText)
    }

    /// With the bundle's digest, all that a reader needs to get the same classes again.
    @Test func everyGroupNamesWhatTheClassesDependOn() throws {
        var finding = Samples.covid
        finding.finding.parameters = ["classified in bf16", "64 random patches, seed 7"]
        let object = try ReportWriter.structuredReport(Samples.request([finding]), kind: .comprehensive3D)
        let root = try ReportReader.read(object.part10).document.root
        let groups = root.all.filter { $0.name == Codes.DCM.measurementGroup }
        #expect(groups.count == 2)
        for group in groups {
            let parameters = group.children.filter { $0.name == Codes.DCM.algorithmParameters }.map(\.textValue)
            #expect(parameters.first == "bundle sha256 \(Samples.bundle.digest)")
            #expect(parameters.suffix(2) == ["classified in bf16", "64 random patches, seed 7"])
        }
    }

    @Test func valuesThatAreNoNumbersAreLeftOut() throws {
        var finding = Samples.covid
        finding.finding.activationShare = .nan
        finding.finding.texture?.features = [NamedValue(name: "haralick.contrast", value: .infinity)]
        let object = try ReportWriter.structuredReport(Samples.request([finding]), kind: .comprehensive3D)
        let numbers = try ReportReader.read(object.part10).groups[0].numbers
        #expect(numbers.allSatisfy { $0.name != Codes.Hilum.activationShare && $0.name.value != "ACUI" })
    }

    @Test func requestsWithoutFindingsOrImagesAreRefused() throws {
        var none = try Samples.request([])
        #expect(throws: ReportingError.request("it has no finding")) {
            try ReportWriter.structuredReport(none, kind: .basicText)
        }
        var finding = Samples.covid
        finding.sources = []
        none.findings = [finding]
        #expect(throws: ReportingError.self) { try ReportWriter.structuredReport(none, kind: .basicText) }
    }

    @Test func aClassWithoutACodeOfItsOwnSurvives() throws {
        let name = FindingClass(rawValue: "tuberculosis")
        var finding = Samples.covid
        finding.finding.outcome = .classified(name)
        finding.finding.probabilities = [ClassProbability(name: name, probability: 1)]
        let object = try ReportWriter.structuredReport(Samples.request([finding]), kind: .comprehensive3D)
        #expect(try ReportReader.read(object.part10).outcome == .classified(name))
    }
}

extension ImageQuality {
    /// As it would be decoded.
    fileprivate static func stub(_ grade: Grade, _ defects: [Defect]) -> ImageQuality? {
        let torn = Finding(
            kind: .radiograph, outcome: .review, triage: nil, reasons: [.torn],
            bundle: BundleIdentity(name: "b", version: "1", digest: "d"))
        var quality = torn.quality
        quality?.grade = grade
        quality?.defects = defects
        return quality
    }
}
