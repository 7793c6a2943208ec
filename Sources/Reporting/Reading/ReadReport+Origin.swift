import DICOM
import Diagnosis

/// What a report says of how it was made.
extension ReadReport {
    /// RFC 5646 tag of its sentences; nil where it does not say.
    public var language: String? { document.root.child(named: Codes.DCM.language)?.codeValue?.value }

    /// SHA-256 of the model bundle; nil where the class of report has no place for it.
    public var bundleDigest: String? {
        let prefix = "bundle sha256 "
        return document.root.all.lazy
            .filter { $0.name == Codes.DCM.algorithmParameters }
            .compactMap(\.textValue).first { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }

    /// It says that no image of the study could be analysed.
    public var saysNotAnalysable: Bool {
        !groups.isEmpty && groups.allSatisfy { $0.reasons.contains(.notAnalysable) }
    }
}
