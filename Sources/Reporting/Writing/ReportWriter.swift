import DICOM
public import DICOMCore

/// Writes Structured Reports: TID 1500 Measurement Report, or TID 2000 for Basic Text.
public enum ReportWriter {
    /// The report of a study, in the class that a destination takes.
    ///
    /// - Throws: ``ReportingError``. The document is read back before it is returned, and one that does not say what
    ///   the request says, or that viewers would refuse, is not returned.
    public static func structuredReport(_ request: ReportRequest, kind: ReportClass) throws -> ResultObject {
        try check(request)
        let phrases = Phrases.of(request.identity.language)
        let root =
            kind == .basicText
            ? BasicText(request: request, phrases: phrases).root
            : MeasurementReport(request: request, phrases: phrases).root
        let key = "sr.\(kind.rawValue).\(phrases.language.value).\(request.characterSet.rawValue)"
        let header = ResultHeader(
            request: request, modality: "SR", sopClassUID: kind.sopClassUID, sopInstanceUID: request.identity.uid(key),
            seriesInstanceUID: request.identity.uid("series.sr"), seriesNumber: 9901,
            seriesDescription: "Hilum chest report", instanceNumber: kind.instanceNumber)
        let part10 = try StructuredDocument(.report(kind), root: root).part10(header) {
            try ReportHeader(request: request, root: root).add(to: $0)
        }
        // An image is referred to by the UID that it has, well formed or not.
        let read = try ReportReader.read(part10, lenient: !request.imagesAreWellIdentified)
        let broken = ReportCheck(request: request, kind: kind).broken(by: read)
        guard broken.isEmpty else { throw ReportingError.invalidReport(broken) }
        return ResultObject(
            kind: .structuredReport(kind), sopClassUID: header.sopClassUID, sopInstanceUID: header.sopInstanceUID,
            seriesInstanceUID: header.seriesInstanceUID, part10: part10)
    }

    private static func check(_ request: ReportRequest) throws {
        guard !request.findings.isEmpty else { throw ReportingError.request("it has no finding") }
        guard request.findings.allSatisfy({ !$0.sources.isEmpty }) else {
            throw ReportingError.request("a finding names no image that it was made from")
        }
    }
}

extension ReportClass {
    fileprivate var instanceNumber: Int { (ReportClass.allCases.firstIndex(of: self) ?? 0) + 1 }
}

extension ReportRequest {
    /// No UID of an image breaks the rules for UIDs.
    fileprivate var imagesAreWellIdentified: Bool {
        let images = findings.flatMap(\.sources) + evidence + notChosen.map(\.image)
        return images.allSatisfy {
            $0.sopClassUID.isWellFormed && $0.sopInstanceUID.isWellFormed && $0.seriesInstanceUID.isWellFormed
        }
    }
}
