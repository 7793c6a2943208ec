public import DICOMCore

/// An SR document (PS3.3 A.35): its storage class and its content tree.
public struct StructuredDocument: Hashable, Sendable {
    /// What it is stored as.
    public enum Class: Hashable, Sendable {
        case report(ReportClass)
        /// Key Object Selection Document (PS3.3 A.35.4).
        case keyObjects
    }

    /// Which bytes the texts of a content tree become; the data set's Specific Character Set says the same.
    public enum TextEncoding: Sendable {
        /// ISO_IR 192; ASCII texts fit any character set this way.
        case utf8
        /// ISO_IR 100. What it cannot hold becomes a question mark.
        case latin1

        func bytes(_ text: String) -> [UInt8] {
            switch self {
            case .utf8: Array(text.utf8)
            case .latin1: text.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
            }
        }
    }

    public var documentClass: Class
    public var root: ContentItem

    public init(_ documentClass: Class, root: ContentItem) {
        self.documentClass = documentClass
        self.root = root
    }
}

/// DCMTK refuses a document, in its words.
public struct StructuredDocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
}
