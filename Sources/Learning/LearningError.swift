/// Why a training run can't begin or go on. Each prints a sentence that says what, where and what to do.
public enum LearningError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The data do not serve; the sentence names file and line.
    case data(String)
    /// An option or a setting does not serve.
    case setting(String)
    /// The work folder's run was made with other settings.
    case otherSettings(folder: String, setting: String, was: String, now: String)
    /// A file of the work folder cannot be read or written.
    case workFolder(path: String, problem: String)
    /// The loss is no longer a number.
    case diverged(step: Int, rate: Float)

    public var description: String {
        switch self {
        case .data(let sentence), .setting(let sentence): sentence
        case .otherSettings(let folder, let setting, let was, let now):
            "\(folder) holds a run with \(setting) \(was), not \(now); give the same settings to go on, another --output, "
                + "or --restart to begin anew"
        case .workFolder(let path, let problem):
            "\(path): \(problem); check the folder, its permissions and the free space"
        case .diverged(let step, let rate):
            "the loss is no number after step \(step) at rate \(rate); take a lower --rate or set --clip"
        }
    }
}
