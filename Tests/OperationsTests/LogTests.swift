import Foundation
import HilumTesting
import Logging
import Synchronization
import Testing

@testable import Gateway
@testable import Operations

struct LogTests {
    private static let hostile = "one\ntwo <3>three\u{1b}[2J\u{85}\u{2028}\"quoted\" \\ back"

    private func line(_ message: String = "it failed", _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(
            time: Date(timeIntervalSince1970: 1_790_000_000.25), level: .warning, message: message, metadata: metadata)
    }

    @Test func aLineForPeopleHasTimeLevelMessageAndFields() {
        #expect(
            line("it failed", ["study": "1.2", "a": "two words", "e": ""]).written(in: LogStyle(.text))
                == "2026-09-21T14:13:20.250Z warning: it failed a=\"two words\" e=\"\" study=1.2\n")
    }

    @Test func theJournalGetsThePriorityAndNoTime() {
        let journal = LogStyle(.text, hasPriority: true)
        #expect(line("it failed", ["a": "b"]).written(in: journal) == "<4>it failed a=b\n")
        let levels: [Logger.Level] = [.critical, .error, .warning, .notice, .info, .debug, .trace]
        #expect(levels.map(\.priority) == [2, 3, 4, 5, 6, 7, 7])
        #expect(line().written(in: LogStyle(.json, hasPriority: true)).hasPrefix("<4>{"))
    }

    @Test(
        "Whatever a message or a field holds, an event is one line without controls",
        arguments: [LogStyle(.text), LogStyle(.json)])
    func oneLine(style: LogStyle) {
        let text = line(Self.hostile, ["field": "\(Self.hostile)"]).written(in: style)
        #expect(
            text.last == "\n"
                && !text.dropLast().unicodeScalars.contains {
                    $0.value < 0x20 || $0.value == 0x85 || $0.value == 0x2028
                })
        #expect(!text.contains("\n<3>"))
    }

    @Test func anObjectReadsBackAsWhatWasLogged() throws {
        let text = line(Self.hostile, ["field": "\(Self.hostile)", "level": "mine"]).written(in: LogStyle(.json))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
        #expect(
            object == [
                "time": "2026-09-21T14:13:20.250Z", "level": "warning", "message": Self.hostile,
                "field": Self.hostile, "level_": "mine",
            ])
    }

    @Test func onlyAStreamThatIsTheJournalsOwnGetsPriorities() {
        #expect(LogStyle.isJournal("8:1234", device: 8, file: 1234))
        #expect(!LogStyle.isJournal("8:1234", device: 8, file: 1235))
        #expect(!LogStyle.isJournal(nil, device: 8, file: 1234))
        #expect(!LogStyle.isJournal("8:1234:5", device: 8, file: 1234))
    }

    @Test func aLoggersOwnFieldsAndTheEventsStandInOneLine() {
        let keep = Shared()
        var logger = Logger(label: "x") { _ in
            LineLogHandler(LogStyle(.text, hasPriority: true), level: .notice, write: { keep.add($0) })
        }
        logger[metadataKey: "association"] = "7"
        logger.info("not this")
        logger.error("this", metadata: ["peer": "10.0.0.1"])
        #expect(keep.all == ["<3>this association=7 peer=10.0.0.1\n"])
    }

    private final class Shared: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }
}
