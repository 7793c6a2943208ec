import ArgumentParser
import Foundation

/// Exit codes of every command: 0 done, 1 failed, 3 partly done, 64 wrong usage.
enum Exit {
    static let failed = ExitCode(1)
    static let partlyDone = ExitCode(3)

    /// Ends the process. What ArgumentParser says of itself (help, version, wrong usage, an explicit exit code) goes
    /// its way; anything else is printed as `hilum: sentence`.
    static func end(with error: any Error) -> Never {
        if error is ExitCode || error is CleanExit || Hilum.exitCode(for: error) != .failure {
            Hilum.exit(withError: error)
        }
        complain("\(error)")
        Foundation.exit(failed.rawValue)
    }

    /// `hilum: what, where, what to do` on standard error.
    static func complain(_ sentence: String) {
        FileHandle.standardError.write(Data("hilum: \(sentence)\n".utf8))
    }
}
