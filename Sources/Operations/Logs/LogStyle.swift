import Foundation
public import Gateway

/// How lines of the log are written.
public struct LogStyle: Hashable, Sendable {
    public var form: GatewayConfiguration.LogFormat
    /// The reader is systemd's journal: it wants a priority before each line, and has the time itself.
    public var hasPriority: Bool

    public init(_ form: GatewayConfiguration.LogFormat, hasPriority: Bool = false) {
        self.form = form
        self.hasPriority = hasPriority
    }

    /// For this process's standard error.
    public static func current(_ form: GatewayConfiguration.LogFormat) -> LogStyle {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return LogStyle(form) }
        let journal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"]
        return LogStyle(
            form, hasPriority: isJournal(journal, device: UInt64(status.st_dev), file: UInt64(status.st_ino)))
    }

    /// - Parameter journal: the value of `JOURNAL_STREAM`: device and inode of the journal's socket (systemd.exec(5)).
    ///   A process of a service whose output was redirected has it too, so both are compared.
    static func isJournal(_ journal: String?, device: UInt64, file: UInt64) -> Bool { journal == "\(device):\(file)" }
}
