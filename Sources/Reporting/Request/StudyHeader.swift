public import DICOM
public import DICOMCore

/// What result objects share with the study they belong to: patient and study modules (PS3.3 C.7.1, C.7.2) and the
/// request, copied from one of its objects with their bytes and their character set.
public struct StudyHeader: Sendable {
    let source: DataSet
    public let studyInstanceUID: UID

    /// - Parameter source: an object of the study; its pixels are not looked at.
    /// - Throws: ``ReportingError/header(_:)`` when it belongs to no study.
    public init(_ source: DataSet) throws(ReportingError) {
        guard let study = source.studyInstanceUID else {
            throw .header("it has no Study Instance UID (0020,000D)")
        }
        self.source = source
        studyInstanceUID = study
    }

    /// The imaging procedure as the request or the study states it; nil where none is coded.
    var procedure: CodedEntry? {
        let requests = [source] + source.sequence(.requestAttributesSequence)
        let codes =
            requests.flatMap { $0.sequence(.requestedProcedureCodeSequence) }
            + source.sequence(.procedureCodeSequence)
        return codes.lazy.compactMap { item in
            guard let value = item.text(.codeValue), let scheme = item.text(.codingSchemeDesignator),
                let meaning = item.text(.codeMeaning), meaning.unicodeScalars.allSatisfy(\.isASCII)
            else { return nil }
            return CodedEntry(value, scheme, meaning)
        }.first
    }
}

extension DataSet {
    /// A text that says something: nil when absent, empty or blank.
    func text(_ tag: Tag) -> String? {
        guard let text = string(tag), text.contains(where: { !$0.isWhitespace }) else { return nil }
        return text
    }
}
