/// What ends the work on a study, a picture or a conversion.
public enum StudiesError: Error, Equatable, Sendable {
    case noFiles
    /// The files belong to more than one study.
    case severalStudies(Int)
    case fileNotWritten(String)
    /// A limit, what was asked, and what is allowed.
    case tooLarge(what: String, asked: Int, allowed: Int)
    case invalidOption(name: String, value: String, allowed: String)
    /// The series' geometry can't be used; the sentence says why.
    case geometry(String)
    /// An object lacks what every object has; says what.
    case incomplete(String)
    /// A DICOMDIR (PS3.3 F.3): it lists files and is none of them.
    case fileSetDirectory
    /// So many calls of codecs stand still in this process that it had better end. `keepsFinished`: another run goes on
    /// where this one ended.
    case codecsSpent(failures: Int, keepsFinished: Bool)
}

extension StudiesError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noFiles: "no files to analyse, name at least one"
        case .severalStudies(let count): "the files belong to \(count) studies, analyse one study at a time"
        case .fileNotWritten(let path): "\(path) can't be written, check the folder and the free space"
        case .tooLarge(let what, let asked, let allowed):
            "\(what): \(asked) is over the limit of \(allowed)"
        case .invalidOption(let name, "", let allowed): "\(name) is missing, give \(allowed)"
        case .invalidOption(let name, let value, let allowed): "\(name) can't be '\(value)', use \(allowed)"
        case .geometry(let reason): reason
        case .incomplete(let reason): reason
        case .fileSetDirectory: "is a DICOMDIR, an index of other files"
        case .codecsSpent(let failures, let keepsFinished):
            "codecs broke their own invariants over \(failures) images, and each time keeps a thread and memory until the process "
                + "ends; run the command again"
                + (keepsFinished
                    ? ": what is finished is kept and skipped"
                    : " with an output folder, which keeps what is finished, or with fewer files")
        }
    }
}
