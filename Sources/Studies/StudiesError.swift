/// What ends the work on a study, a picture or a conversion.
public enum StudiesError: Error, Equatable, Sendable {
    case noFiles
    /// The files belong to more than one study.
    case severalStudies(Int)
    case fileNotReadable(String)
    case fileNotWritten(String)
    /// The file is none that can be read here.
    case unknownKindOfFile(String)
    /// A limit, what was asked, and what is allowed.
    case tooLarge(what: String, asked: Int, allowed: Int)
    case invalidOption(name: String, value: String, allowed: String)
    /// The series' geometry can't be used; the sentence says why.
    case geometry(String)
    case picture(path: String, reason: String)
}

extension StudiesError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noFiles: "no files to analyse, name at least one"
        case .severalStudies(let count): "the files belong to \(count) studies, analyse one study at a time"
        case .fileNotReadable(let path): "\(path) can't be read, check that it exists and may be read"
        case .fileNotWritten(let path): "\(path) can't be written, check the folder and the free space"
        case .unknownKindOfFile(let path): "\(path) is neither DICOM nor JPEG nor PNG, nothing was made of it"
        case .tooLarge(let what, let asked, let allowed):
            "\(what): \(asked) is over the limit of \(allowed)"
        case .invalidOption(let name, "", let allowed): "\(name) is missing, give \(allowed)"
        case .invalidOption(let name, let value, let allowed): "\(name) can't be '\(value)', use \(allowed)"
        case .geometry(let reason): reason
        case .picture(let path, let reason): "\(path): \(reason)"
        }
    }
}
