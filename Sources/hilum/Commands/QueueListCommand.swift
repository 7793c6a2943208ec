import ArgumentParser
import DICOMCore
import Foundation
import Gateway
import GatewayAnalysis
import GatewayStore
import Workflow

struct QueueListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Studies with their state, undelivered results, objects set aside.",
        discussion: """
            With a filter, what is undelivered and set aside is shown of the studies that pass it. Dates are those of a \
            study's last object, in this machine's time zone.
            """)

    @OptionGroup var source: ConfigurationSource
    @Option(help: "Only studies in this state: receiving, waiting, analysed, reported, 'not analysable', failed.")
    var state: String?
    @Option(help: "Only studies with objects of this calling AE title.")
    var sender: String?
    @Option(help: "Only studies since this day or minute: 2026-11-28 or 2026-11-28T14:30.")
    var since: Moment?
    @Option(help: "Only studies before the end of this day, or before this minute.")
    var until: Moment?
    @Option(
        help: "Only the study of this accession number, looked for in the files of those that pass the other filters.")
    var accession: String?
    @Option(help: "How many studies at most, the newest first.")
    var limit = 1000
    @OptionGroup var identifying: Identifying
    @Flag(help: "For machines: one object a line, its kind under \"row\".")
    var json = false

    func run() throws {
        let store = try QueueCommand.look(source)
        let filter = StudyFilter(
            states: try wantedStates(), sender: sender, since: since?.start, until: until?.end,
            limit: accession == nil ? limit : .max)
        var records = try store.studies(filter)
        if let accession { records = try records.filter { try Self.number(of: $0, in: store) == accession } }
        let studies = try identifying.rows(records, of: store, source)
        let shown = filter == StudyFilter(limit: filter.limit) && accession == nil ? nil : Set(studies.map(\.study))
        let isShown = { (study: String) in shown?.contains(study) ?? true }
        let outbox = try store.deliveries(in: [.waiting, .sending, .dead], limit: limit).map(DeliveryRow.init)
            .filter { isShown($0.study) }
        let notices = try store.notices(in: [.waiting, .dead], limit: limit).map(NoticeRow.init)
            .filter { isShown($0.study) }
        let aside = try store.asideObjects().map(AsideRow.init).filter { isShown($0.study) }
        try QueueOutput.print(studies, json: json)
        try QueueOutput.print(outbox, json: json)
        try QueueOutput.print(notices, json: json)
        try QueueOutput.print(aside, json: json)
        if !json, studies.isEmpty, outbox.isEmpty, notices.isEmpty, aside.isEmpty { print("nothing") }
    }

    private func wantedStates() throws -> Set<StudyState>? {
        guard let state else { return nil }
        guard let wanted = StudyState(rawValue: state) else {
            throw ValidationError(
                "--state '\(state)' is none of \(StudyState.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return [wanted]
    }

    /// Nil for a study whose files can't be read.
    private static func number(of record: StudyRecord, in store: Store) throws -> String? {
        try store.sample(of: record.uid).flatMap { try? StudyIdentification(contentsOf: $0.file).accessionNumber }
    }
}

/// Whether an operator wants to see who the patients are.
struct Identifying: ParsableArguments {
    @Flag(help: "Show accession number, patient's ID and name, read from the files. Noted in the studies' events.")
    var identify = false

    func rows(_ records: [StudyRecord], of store: Store, _ source: ConfigurationSource) throws -> [StudyRow] {
        guard identify, !records.isEmpty else { return records.map(StudyRow.init) }
        // It is written down before it is shown.
        let writer = try QueueCommand.open(source)
        try writer.noteIdentified(records.map(\.uid), by: Self.user)
        return try records.map { record in
            var row = StudyRow(record)
            row.identification = try store.sample(of: record.uid).flatMap {
                try? StudyIdentification(contentsOf: $0.file)
            }
            return row
        }
    }

    /// Who asks: whoever became another user by sudo is named as himself.
    private static var user: String {
        let name = ProcessInfo.processInfo.userName
        guard let before = ProcessInfo.processInfo.environment["SUDO_USER"], before != name else { return name }
        return "\(before) as \(name)"
    }
}

/// A day, or a minute of one, in this machine's time zone.
struct Moment: ExpressibleByArgument, Hashable {
    let start: Date
    /// The end of the day; of a minute, its start.
    let end: Date

    init?(argument: String) {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.isLenient = false
        formatter.dateFormat = "yyyy-MM-dd'T'HH:mm"
        if let minute = formatter.date(from: argument) {
            (start, end) = (minute, minute)
            return
        }
        formatter.dateFormat = "yyyy-MM-dd"
        guard let day = formatter.date(from: argument),
            let next = Calendar.current.date(byAdding: .day, value: 1, to: day)
        else { return nil }
        (start, end) = (day, next)
    }
}
