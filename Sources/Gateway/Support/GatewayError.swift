import Foundation

/// What keeps the gateway from working, and what to do about it.
public enum GatewayError: Error, Equatable, Sendable {
    /// A file of configuration, with the place in it: `line` counts from 1.
    case configuration(file: String, line: Int?, key: String, problem: String)
    case limit(what: String, code: Int32)
    /// A worker could not be started or did not say what it is.
    case worker(String)
    /// Something in a worker's process is broken for good.
    case damagedWorker(String)
}

extension GatewayError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .configuration(let file, let line, let key, let problem):
            "\(file)\(line.map { ":\($0)" } ?? ""): \(key.isEmpty ? "" : "\(key): ")\(problem)"
        case .limit(let what, let code):
            "the limit of \(what) can't be set: \(String(cString: strerror(code))); raise it (ulimit), or lower the setting"
        case .worker(let problem): problem
        case .damagedWorker(let damage): "\(damage), after which its worker ends"
        }
    }
}
