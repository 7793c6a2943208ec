import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Testing

@testable import Reporting

@Suite struct ReportHeaderTests {
    private func report(_ name: String, _ kind: ReportClass = .comprehensive3D) throws -> DataSet {
        try DataSet(bytes: ReportWriter.structuredReport(Cases.request(name), kind: kind).part10)
    }

    private func source(_ text: SourceText) throws -> DataSet {
        try DataSet(bytes: SourceObjects.radiograph(text))
    }

    @Test(
        "Patient texts keep bytes and character set where ours fit",
        arguments: [("latin1", Cases.latin1), ("latin1, German", Cases.latin1), ("japanese", Cases.japanese)])
    func bytesAreKept(name: String, text: SourceText) throws {
        let (report, source) = (try report(name), try source(text))
        #expect(report.characterSet == source.characterSet)
        #expect(report.bytes(.patientName) == source.bytes(.patientName))
        #expect(report.bytes(.studyDescription) == source.bytes(.studyDescription))
    }

    @Test(
        "Where ours don't fit, the whole object is ISO_IR 192",
        arguments: [("arabic, French", Cases.arabic), ("japanese, Spanish", Cases.japanese)])
    func unicodeWhereNeeded(name: String, text: SourceText) throws {
        let (report, source) = (try report(name), try source(text))
        #expect(report.characterSet == "ISO_IR 192")
        #expect(report.string(.patientName) == source.string(.patientName))
    }

    @Test(
        "Text of which the source does not say the character set is ISO_IR 192, and the assumption is stated",
        arguments: ["unexplained", "unexplained, German"])
    func unexplainedText(name: String) throws {
        let report = try report(name)
        #expect(report.characterSet == "ISO_IR 192")
        #expect(report.bytes(.patientName) == Array("Müller^Jörg ".utf8))
        let contributor = try #require(report.sequence(.contributingEquipmentSequence).first)
        #expect(contributor.string(.contributionDescription)?.contains("does not state the character set") == true)
    }

    @Test func unicodeOnRequest() throws {
        var request = try Cases.request("latin1")
        let kept = try ReportWriter.structuredReport(request, kind: .comprehensive)
        request.characterSet = .unicode
        let object = try ReportWriter.structuredReport(request, kind: .comprehensive)
        let data = try DataSet(bytes: object.part10)
        #expect(data.characterSet == "ISO_IR 192")
        #expect(data.string(.patientName) == "Müller^Jörg")
        #expect(object.sopInstanceUID != kept.sopInstanceUID)
    }

    @Test func germanSentencesAreReadBackFromLatin1() throws {
        let object = try ReportWriter.structuredReport(Cases.request("latin1, German"), kind: .basicText)
        #expect(try ReportReader.read(object.part10).conclusion.contains("Zurückstellen"))
    }

    @Test func whatIsOfType2IsThereEvenWhenTheSourceLacksIt() throws {
        let data = try report("nameless")
        for tag in [Tag.patientName, .patientID, .patientBirthDate, .patientSex, .accessionNumber] {
            #expect(data.contains(tag) && data.text(tag) == nil)
        }
        #expect(data.contains(.performedProcedureCodeSequence))
        #expect(data.contains(.referencedPerformedProcedureStepSequence))
    }

    @Test func aRevisionNamesItsPredecessor() throws {
        let object = try ReportWriter.structuredReport(Cases.request("revision"), kind: .enhanced)
        #expect(try ReportReader.read(object.part10).predecessors == [UID(known: "2.25.41")])
    }

    @Test func aRevisionSaysThatItReplacesAnother() throws {
        let request = try Cases.request("revision")
        let picture = try SummaryPicture.object(request, options: PictureOptions(height: 512)).part10
        #expect(
            try DataSet(bytes: picture).string(.seriesDescription)
                == "Hilum chest summary picture, revision 2, research use")
        for kind in ReportClass.allCases {
            let part10 = try ReportWriter.structuredReport(request, kind: kind).part10
            #expect(
                try DataSet(bytes: part10).string(.seriesDescription) == "Hilum chest report, revision 2, research use")
            #expect(try ReportReader.read(part10).conclusion.contains("Revision 2: it replaces the earlier report"))
        }
        #expect(try report("covid19").string(.seriesDescription) == "Hilum chest report, research use")
    }

    @Test func theRequestIsReferencedAndItsZoneKept() throws {
        let data = try report("requested")
        let request = try #require(data.sequence(.referencedRequestSequence).first)
        #expect(request.string(.requestedProcedureID) == "RP-7")
        #expect(request.string(.accessionNumber) == "ACC-42")
        #expect(data.sequence(.performedProcedureCodeSequence).first?.string(.codeValue) == "399208008")
        #expect(data.string(.timezoneOffsetFromUTC) == "+0200")
        #expect(data.string(.contentTime) == "161320")
    }

    @Test func theNodesZoneIsStatedWhereTheStudyStatesNone() throws {
        var request = try Cases.request("covid19")
        request.identity.timeZone = TimeZone(identifier: "Asia/Kolkata")
        for part10 in [
            try ReportWriter.structuredReport(request, kind: .comprehensive).part10,
            try SummaryPicture.object(request, options: PictureOptions(height: 512)).part10,
        ] {
            let data = try DataSet(bytes: part10)
            #expect(data.string(.timezoneOffsetFromUTC) == "+0530")
            #expect(data.string(.seriesTime) == "194320" && data.string(.contentTime) == "194320")
        }
        #expect(try report("covid19").contains(.timezoneOffsetFromUTC) == false)
    }

    @Test func theObjectSaysWhoMadeItAndWhatItIsNot() throws {
        let data = try report("covid19")
        #expect(data.string(.modality) == "SR")
        #expect(data.string(.seriesDescription)?.contains("research use") == true)
        #expect(data.string(.completionFlag) == "COMPLETE" && data.string(.verificationFlag) == "UNVERIFIED")
        #expect(data.string(.deviceUID) == "2.25.987654321")
        #expect(data.strings(.softwareVersions) == ["0.1.0", "starting 1 0123456789ab"])
        let contributor = try #require(data.sequence(.contributingEquipmentSequence).first)
        #expect(contributor.sequence(.purposeOfReferenceCodeSequence).first?.string(.codeValue) == "109102")
        let schemes = data.sequence(.codingSchemeIdentificationSequence).compactMap {
            $0.string(.codingSchemeDesignator)
        }
        #expect(schemes == ["99HILUM", "DCM", "IBSI", "LN", "RFC5646", "SCT", "UCUM", "UMLS"])
    }
}
