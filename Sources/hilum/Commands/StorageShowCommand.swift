import ArgumentParser
import Foundation
import Gateway
import GatewayStore
import Workflow

struct StorageShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "What takes space, by what it is and by the states of studies; what of it may go, and when.",
        discussion: "Days and watermarks are those of the configuration named.")

    @OptionGroup var source: ConfigurationSource
    @Flag(help: "For machines: one object a line, its kind under \"row\".")
    var json = false

    func run() throws {
        let configuration = try source.load()
        let store = try Store(folder: URL(filePath: configuration.storage.folder), role: .reader)
        let policy = configuration.retentionPolicy
        let report = try store.storageReport(policy.rules)
        let free = FreeRow(report, limit: configuration.storage.limit.map(Int64.init), policy, configuration.storage)
        try QueueOutput.print(SpaceRow.rows(of: report.use), json: json)
        try QueueOutput.print([free], json: json)
        try QueueOutput.print(report.standings.map(StandingRow.init), json: json)
        try QueueOutput.print(report.outlooks.map(OutlookRow.init), json: json)
        try QueueOutput.print([RecordRow(report)], json: json)
    }
}

/// One kind of file.
struct SpaceRow: QueueRow {
    static let heading = "what takes space"
    var row = "space"
    var kind: String
    var files: Int?
    var bytes: Int64

    static func rows(of use: SpaceUse) -> [SpaceRow] {
        let parts = [
            ("received objects", use.sources), ("results", use.results), ("set aside", use.aside),
            ("being received", use.incoming), ("strays", use.strays),
        ]
        return parts.map { SpaceRow(kind: $0, files: $1.files, bytes: $1.bytes) } + [
            SpaceRow(kind: "database", bytes: use.database), SpaceRow(kind: "database's log", bytes: use.log),
            SpaceRow(kind: "all of it", bytes: use.total),
        ]
    }

    var line: String { "\(kind): \(ByteText(bytes))\(files.map { " in \($0) files" } ?? "")" }
}

struct FreeRow: QueueRow {
    static let heading = "what is free"
    var row = "free"
    /// Of the disk and of the limit, the smaller.
    var free: Int64
    var diskFree: Int64
    var limit: Int64?
    /// Below it delivered studies go.
    var watermark: Int64
    /// Below it objects are refused.
    var lowWatermark: Int64

    init(_ report: StorageReport, limit: Int64?, _ policy: RetentionPolicy, _ storage: GatewayConfiguration.Storage) {
        diskFree = report.diskFree
        self.limit = limit
        free = min(diskFree, limit.map { max(0, $0 - report.use.total) } ?? .max)
        watermark = policy.watermark
        lowWatermark = Int64(storage.lowWatermark)
    }

    var line: String {
        let what = limit.map { "of the limit of \(ByteText($0)), \(ByteText(diskFree)) on the disk" } ?? "on the disk"
        return "\(ByteText(free)) \(what); below \(ByteText(watermark)) delivered studies go, "
            + "below \(ByteText(lowWatermark)) objects are refused"
    }
}

struct StandingRow: QueueRow {
    static let heading = "studies that keep anything"
    var row = "state"
    var state: String
    var studies: Int
    var sourceBytes: Int64
    var resultBytes: Int64
    var oldest: Date?

    init(_ standing: StorageReport.Standing) {
        state = standing.state.rawValue
        studies = standing.studies
        sourceBytes = standing.sourceBytes
        resultBytes = standing.resultBytes
        oldest = standing.oldest
    }

    var line: String {
        "\(state): \(studies), \(ByteText(sourceBytes)) received, \(ByteText(resultBytes)) results"
            + (oldest.map { ", the oldest of \($0.formatted(.iso8601))" } ?? "")
    }
}

struct OutlookRow: QueueRow {
    static let heading = "what may go"

    struct Amount: Encodable {
        var studies: Int
        var bytes: Int64

        init(_ amount: StorageReport.Amount) { (studies, bytes) = (amount.studies, amount.bytes) }

        var text: String { "\(ByteText(bytes)) of \(studies) studies" }
    }

    var row = "outlook"
    var part: String
    var expired: Amount
    var forSpace: Amount
    var forDaysOnly: Amount
    var nextExpiry: Date?
    /// By why.
    var staying: [String: Amount]

    init(_ outlook: StorageReport.Outlook) {
        part = outlook.part.rawValue
        expired = Amount(outlook.expired)
        forSpace = Amount(outlook.forSpace)
        forDaysOnly = Amount(outlook.forDaysOnly)
        nextExpiry = outlook.nextExpiry
        staying = Dictionary(uniqueKeysWithValues: outlook.staying.map { ($0.key.rawValue, Amount($0.value)) })
    }

    var line: String {
        var parts = ["now \(expired.text)", "when space is wanted \(forSpace.text)"]
        if forDaysOnly.studies > 0 { parts.append("after their days only \(forDaysOnly.text)") }
        if let nextExpiry { parts.append("next days over \(nextExpiry.formatted(.iso8601))") }
        let kept = staying.sorted { $0.key < $1.key }.map { "\n    stays: \($0.value.text): \($0.key)" }
        return "\(part): \(parts.joined(separator: "; "))\(kept.joined())"
    }
}

struct RecordRow: QueueRow {
    static let heading = "what is left of what went"
    var row = "record"
    var sourcesRemoved: Int
    var resultsRemoved: Int
    var events: Int
    var eventsCounted: Int
    var databaseGivesSpaceBack: Bool

    init(_ report: StorageReport) {
        sourcesRemoved = report.removed[.sources] ?? 0
        resultsRemoved = report.removed[.results] ?? 0
        events = report.events.kept
        eventsCounted = report.events.counted
        databaseGivesSpaceBack = report.givesSpaceBack
    }

    var line: String {
        "studies whose received objects went: \(sourcesRemoved), whose results went: \(resultsRemoved); "
            + "\(events) events, and \(eventsCounted) as numbers a day"
            + (databaseGivesSpaceBack
                ? "" : "\n  the database keeps the space of what went until `hilum storage compact` rewrites it")
    }
}
