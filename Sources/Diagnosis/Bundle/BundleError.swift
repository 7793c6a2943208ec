/// Why a model bundle cannot be used. The sentences name file, line and key.
public enum BundleError: Error, Equatable, CustomStringConvertible {
    /// No folder with a bundle.yaml at any of the usual places.
    case notFound(searched: [String])
    /// A file that the bundle needs is missing or cannot be read.
    case file(path: String, problem: String)
    /// A line of bundle.yaml or of the texture profiles is wrong.
    case configuration(path: String, line: Int, key: String, problem: String)

    public var description: String {
        switch self {
        case .notFound(let searched):
            "no model bundle found in \(searched.joined(separator: ", ")); set HILUM_BUNDLE to a folder with a bundle.yaml"
        case .file(let path, let problem):
            "\(path): \(problem); restore the bundle from where it came"
        case .configuration(let path, let line, let key, let problem):
            "\(path):\(line): \(key): \(problem)"
        }
    }
}
