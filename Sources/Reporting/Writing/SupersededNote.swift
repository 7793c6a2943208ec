import DICOM
public import DICOMCore

/// A Key Object Selection Document (PS3.3 A.35.4, PS3.16 TID 2010) about one earlier result: what took its place, and
/// when. Its title is of our own, since those of CID 7010 that make archives hide objects say that something was wrong
/// with them (docs/decisions/0015-superseded-results.md).
public enum SupersededNote {
    static let sopClass = UID(known: "1.2.840.10008.5.1.4.1.1.88.59")

    /// - Parameters:
    ///   - former: one of the request's superseded results.
    ///   - series: of the results that took its place.
    /// - Throws: ``ReportingError``. The document is read back before it is returned.
    public static func object(
        _ request: ReportRequest, of former: InstanceReference, replacedIn series: [UID]
    ) throws -> ResultObject {
        let identity = request.identity
        let phrases = Phrases.of(identity.language)
        let key = "superseded.\(former.sopInstanceUID).\(phrases.language.value).\(request.characterSet.rawValue)"
        let number = identity.superseded.firstIndex(of: former) ?? 0
        let header = ResultHeader(
            request: request, modality: "KO", sopClassUID: sopClass, sopInstanceUID: identity.uid(key),
            seriesInstanceUID: identity.uid("series.superseded"), seriesNumber: 9903,
            seriesDescription: "Hilum superseded results", instanceNumber: number + 1)
        let text = phrases.sentences.superseded(
            request.moment.readable, identity.revision, series.map(\.string).joined(separator: ", "))
        let root = root(former, text, phrases, identity)
        let part10 = try StructuredDocument(.keyObjects, root: root).part10(header) { builder in
            try builder.setEmptySequence(.referencedPerformedProcedureStepSequence)
            try builder.addRequests(of: request.header)
            try builder.add(
                [former], of: request.header.studyInstanceUID,
                to: .currentRequestedProcedureEvidenceSequence)
            try builder.addCodingSchemes(of: root)
        }
        guard let read = try? StructuredDocument(part10: part10), read.root == root else {
            throw ReportingError.invalidReport(["a note on a superseded result does not read as it was written"])
        }
        return ResultObject(
            kind: .supersededNote(of: former.sopInstanceUID), sopClassUID: sopClass,
            sopInstanceUID: header.sopInstanceUID, seriesInstanceUID: header.seriesInstanceUID, part10: part10)
    }

    private static func root(
        _ former: InstanceReference, _ text: String, _ phrases: Phrases, _ identity: ResultIdentity
    ) -> ContentItem {
        let reference = ContentItem.ImageReference(
            sopClassUID: former.sopClassUID, sopInstanceUID: former.sopInstanceUID, frame: nil)
        let isPicture = [SecondaryCapture.singleFrame, SecondaryCapture.multiFrameTrueColor].contains(
            former.sopClassUID)
        let children =
            LanguageTemplate.items(phrases) + DeviceObserverTemplate.items(identity) + [
                ContentItem(.contains, Codes.DCM.keyObjectDescription, .text(text)),
                ContentItem(.contains, nil, isPicture ? .image(reference) : .composite(reference)),
            ]
        return ContentItem(.root, Codes.Hilum.superseded, .container(template: "2010"), children)
    }
}
