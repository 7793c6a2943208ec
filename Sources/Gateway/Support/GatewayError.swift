public import Foundation

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

extension GatewayError {
    /// What Foundation says of a program that does not start is a page of its own inner workings.
    public static func workerNotStarted(_ program: URL, _ error: any Error) -> GatewayError {
        let path = program.path
        if access(path, F_OK) != 0 {
            return .worker("a worker can't be started: \(path) is gone; install Hilum again and restart the node")
        }
        if access(path, X_OK) != 0 {
            return .worker("a worker can't be started: \(path) may not be executed by this user; install Hilum again")
        }
        let why = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code ?? (error as NSError).code
        let reason = String(cString: strerror(Int32(clamping: why)))
        return .worker(
            "a worker can't be started from \(path) (\(reason)); check the limits of processes, memory and open files")
    }
}
