public import Foundation
public import Logging
import Synchronization

/// Writes each event as one line, in one piece.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let style: LogStyle
    private let now: @Sendable () -> Date
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets whole lines, end included; standard error by default.
    public init(
        _ style: LogStyle, level: Logger.Level, now: @escaping @Sendable () -> Date = { Date() },
        write: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
    ) {
        self.style = style
        logLevel = level
        self.now = now
        self.write = write
    }

    public func log(event: LogEvent) {
        let provided = metadataProvider?.get() ?? [:]
        let all = metadata.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
        let line = LogLine(time: now(), level: event.level, message: "\(event.message)", metadata: all)
        write(line.written(in: style))
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}

public enum StandardError {
    /// Lines of several threads do not mix; those of several processes only where one is longer than a pipe takes at once.
    private static let turn = Mutex(())

    public static func write(_ text: String) {
        turn.withLock { _ in
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                // Nobody is left to tell.
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
