import DICOM
import Diagnosis
import Foundation
import Testing

@testable import Reporting

@Suite struct CodesAndPhrasesTests {
    @Test("Every language names everything, in ISO 8859-1", arguments: ["en", "de", "fr", "es"])
    func languagesAreComplete(tag: String) {
        let phrases = Phrases.of(tag)
        #expect(phrases.language.value == tag)
        #expect(Set(phrases.classNames.keys) == Set(FindingClass.coded))
        #expect(Set(phrases.reasons.keys) == Set(ReviewReason.allCases))
        #expect(Set(phrases.triageNames.keys) == Set(TriageLevel.allCases))
        let sentences = phrases.sentences
        let texts =
            Array(phrases.classNames.values) + phrases.reasons.values + [
                sentences.researchUse, sentences.noContour, sentences.notTriaged, phrases.notTriaged,
                sentences.knows("x"),
                sentences.normalMeans, sentences.revision(2), sentences.record(1, "2%", "1%", "3%", "y", "4%"),
                sentences.lungFields, sentences.notChosen(1), sentences.notChosen(2), sentences.sidesPresumed,
                sentences.superseded("x", 2, "y"),
                phrases.picture.sidesPresumed, phrases.picture.sidesUnknown, phrases.picture.notAnalysed,
                sentences.algorithm("b", "1"), sentences.activation("4%"), phrases.picture.research,
            ]
        #expect(texts.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value <= 0xFF } })
    }

    @Test func eachLanguageHasPhrasesOfItsOwn() {
        #expect(ReportLanguage.all.map { Phrases.of($0).language.value } == ReportLanguage.all)
    }

    @Test("Reasons are English, and in a report in another language each says so")
    func reasonsSayTheirLanguage() throws {
        let lateral = ImageNotChosen(image: Samples.covid.sources[0], reason: "not a frontal view (LL)")
        for language in ReportLanguage.all {
            let request = try Samples.request([Samples.covid], language: language, notChosen: [lateral])
            let items = ImagesNotAnalysed.items(request, .of(language))
            #expect(items.count == 1)
            let english = LanguageTemplate.items(.english)[0]
            #expect(items[0].children.contains(english) == (language != "en"))
        }
    }

    @Test func unknownLanguagesFallBackToEnglish() {
        #expect(Phrases.of("pt-BR").language.value == "en")
        #expect(Phrases.of("de-AT").language.value == "de")
    }

    @Test func ownCodesFitTheirVRsAndAreUnique() {
        let codes =
            FindingClass.coded.map(\.ownCode) + TriageLevel.allCases.map { Optional($0).code }
            + ReviewReason.allCases.map(\.code)
            + [
                Codes.Hilum.imageClass, Codes.Hilum.reviewReason, Codes.Hilum.triageLevel, Codes.Hilum.lungShare,
                Codes.Hilum.activationShare, Codes.Hilum.involvement, Codes.Hilum.agreement,
                Codes.Hilum.textureConflict,
                Codes.Hilum.textureClass, Codes.Hilum.textureProfile, Codes.Hilum.imageNotAnalysed,
                Codes.Hilum.review, Codes.Hilum.superseded,
            ]
        #expect(Set(codes).count == codes.count)
        #expect(
            codes.allSatisfy { $0.scheme == "99HILUM" && (1...16).contains($0.value.count) && $0.meaning.count <= 64 })
    }

    @Test func classesAreFoundByTheirCodes() {
        for name in FindingClass.coded + [FindingClass(rawValue: "tuberculosis")] {
            #expect(FindingClass(ownCode: name.ownCode) == name)
        }
        #expect(FindingClass(ownCode: Codes.SCT.normal) == nil)
    }

    @Test(
        "Decimal strings fit VR DS and say the number",
        arguments: [0, 1, -1, 0.1, 1.0 / 3, -1e-300, 1.23456789012345e300, 123456789.123456789, -2.5e-7])
    func decimalStrings(number: Double) throws {
        let text = try #require(DecimalText.string(number))
        #expect(text.utf8.count <= 16)
        #expect(abs((try #require(Double(text))) - number) <= abs(number) * 1e-8)
    }

    @Test func percentagesNeverClaimMoreThanTheyAre() {
        #expect(DecimalText.words(percentage: 0.9999) == ">99%")
        #expect(DecimalText.words(percentage: 1) == "100%")
        #expect(DecimalText.words(percentage: 0.0001) == "<1%")
        #expect(DecimalText.words(percentage: 0) == "0%")
        #expect(DecimalText.words(percentage: .nan) == "?")
        #expect(DecimalText.percentage(0.12345) == "12.35")
        #expect(DecimalText.string(.infinity) == nil)
        #expect(DecimalText.string(.greatestFiniteMagnitude).flatMap(Double.init)?.isFinite == true)
    }

    @Test(
        arguments: [
            ("Doe^Jane", "Doe, Jane"), ("Doe^Jane^Mary^Dr.^PhD", "Dr. Doe, Jane Mary"), ("Doe", "Doe"),
            ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou  山田, 太郎  やまだ, たろう"), ("=山田^太郎", "山田, 太郎"),
        ])
    func namesAreReadable(name: String, shown: String) {
        #expect(PersonName.displayed(name) == shown)
        #expect(PersonName.displayed("^^^^=") == nil)
        #expect(PersonName.displayed(nil) == nil)
    }

    @Test func datesAreToldInTheStatedZone() {
        let moment = Date(timeIntervalSince1970: 1_790_000_000)
        #expect(DICOMDate(moment).dateTime == "20260921141320+0000")
        #expect(DICOMDate(moment, stated: "-0930").dateTime == "20260921044320-0930")
        #expect(DICOMDate(moment, stated: "nonsense").dateTime == "20260921141320+0000")
    }

    /// As `date -d @SECONDS` tells them in Berlin.
    @Test(
        "Where no zone is stated, dates are told in the node's, around midnight and the changes of its clocks",
        arguments: [
            (1_790_000_000, "20260921161320+0200"), (1_798_759_799, "20270101002959+0100"),
            (1_774_745_999, "20260329015959+0100"), (1_774_746_000, "20260329030000+0200"),
            (1_792_888_200, "20261025023000+0200"), (1_792_891_800, "20261025023000+0100"),
        ])
    func datesAreToldInTheNodesZone(_ seconds: Int, _ right: String) throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let moment = Date(timeIntervalSince1970: Double(seconds))
        #expect(DICOMDate(moment, stated: "nonsense", zone: zone).dateTime == right)
        #expect(DICOMDate(moment, stated: "-0500", zone: zone).dateTime.hasSuffix("-0500"))
        #expect(DICOMDate(moment, zone: zone).statedOffset == String(right.suffix(5)))
        #expect(DICOMDate(moment).statedOffset == nil)
    }
}
