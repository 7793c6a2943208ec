import Logging

/// What is logged, as it comes: level, message, fields in the order of their names.
final class LogDouble: LogHandler {
    let lines: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
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
        let fields = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
        continuation.yield("\(event.level) \(event.message) \(fields)")
    }
}
