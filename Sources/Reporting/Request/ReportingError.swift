/// Why a result object could not be made or read.
public enum ReportingError: Error, Hashable, Sendable {
    /// The request contradicts itself; says how.
    case request(String)
    /// The source object lacks what every object of a study must have.
    case header(String)
    /// DCMTK refuses the content tree or the document.
    case document(String)
    /// Our own reader finds the written report wanting (dicom rules of the viewers included).
    case invalidReport([String])
}

extension ReportingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .request(let why): "the report cannot be made: \(why)"
        case .header(let why): "the source object cannot lend its header: \(why)"
        case .document(let why): "the Structured Report is refused: \(why)"
        case .invalidReport(let broken):
            "the Structured Report breaks rules and was not sent: \(broken.joined(separator: "; "))"
        }
    }
}
