import Logging
import Synchronization

/// What is logged from `info` on, a line each as a node writes it: level, message, fields in the order of their names.
final class LogDouble: LogHandler {
    /// As they come, for who waits for them.
    let lines: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    private let kept = Mutex<[String]>([])
    /// So far.
    var all: [String] { kept.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    init() { (lines, continuation) = AsyncStream.makeStream() }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
        let line = (["\(event.level):", "\(event.message)"] + fields).joined(separator: " ")
        kept.withLock { $0.append(line) }
        continuation.yield(line)
    }
}
