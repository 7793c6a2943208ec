import DICOMCore
import Foundation
import Gateway
import GatewayStore
import Workflow

/// A line of `hilum queue`, for people and for machines.
protocol QueueRow: Encodable {
    /// Printed once above its rows.
    static var heading: String { get }
    var line: String { get }
}

enum QueueOutput {
    static func print<Row: QueueRow>(_ rows: [Row], json: Bool) throws {
        if json {
            for row in rows { try JSONLine.print(row) }
            return
        }
        guard !rows.isEmpty else { return }
        Swift.print("\(Row.heading):")
        for row in rows { Swift.print("  \(row.line)") }
    }
}

struct StudyRow: QueueRow {
    static let heading = "studies"
    var row = "study"
    var study: String
    var state: String
    var reason: String?
    var revision: Int
    var objects: Int
    var images: Int
    var lastArrival: Date
    var summary: String?
    /// Only where the operator asks for it.
    var identification: StudyIdentification?
    /// What was removed after delivery.
    var sourcesRemoved: RemovalText?
    var resultsRemoved: RemovalText?

    init(_ record: StudyRecord) {
        study = record.uid.string
        state = record.state.rawValue
        reason = record.reason
        revision = record.revision
        objects = record.objects
        images = record.images
        lastArrival = record.lastArrival
        summary = record.summary
        sourcesRemoved = record.sourcesRemoved.map(RemovalText.init)
        resultsRemoved = record.resultsRemoved.map(RemovalText.init)
    }

    var line: String {
        let removed = [sourcesRemoved?.text(of: "received objects"), resultsRemoved?.text(of: "results")]
        let who = identification.map {
            "\n    accession \($0.accessionNumber), patient \($0.patientID), \($0.patientName)"
        }
        return
            "\(study)  \(state)\(reason.map { " (\($0))" } ?? "")  revision \(revision), \(images) of \(objects) objects"
            + removed.compactMap { $0.map { ", \($0)" } }.joined() + (summary.map { ": \($0)" } ?? "") + (who ?? "")
    }
}

/// When and why files of a study were removed.
struct RemovalText: Encodable {
    var at: Date
    /// `age`: its days were over; `space`: space was wanted.
    var cause: String
    /// Some are there: they came later, or again.
    var partly: Bool

    init(_ removal: StudyRecord.Removal) {
        at = removal.at
        cause = removal.cause.rawValue
        partly = removal.isPartial
    }

    func text(of what: String) -> String {
        "\(partly ? "some " : "")\(what) removed \(at.formatted(.iso8601.year().month().day())) (\(cause))"
    }
}

struct JobRow: QueueRow {
    static let heading = "jobs"
    var row = "job"
    var job: Int64
    var revision: Int
    var state: String
    /// Tries that failed by the study's own fault.
    var failures: Int
    var reason: String?
    var createdAt: Date
    var finishedAt: Date?

    init(_ record: JobRecord) {
        job = record.id
        revision = record.revision
        state = record.state.rawValue
        failures = record.failures
        reason = record.reason
        createdAt = record.createdAt
        finishedAt = record.finishedAt
    }

    var line: String {
        "\(job)  revision \(revision)  \(state), \(failures) failed tries\(reason.map { ": \($0)" } ?? "")"
    }
}

struct ResultRow: QueueRow {
    static let heading = "results"
    var row = "result"
    var kind: String
    var revision: Int
    var sopClass: String
    var sopInstance: String
    /// Nil where it was removed.
    var file: String?

    init(_ reference: ResultReference, _ object: StoredObject, _ revision: Int) {
        kind = reference.document.kind.rawValue
        self.revision = revision
        sopClass = reference.sopClass.string
        sopInstance = reference.sopInstance.string
        file = object.removedAt == nil ? object.file.path : nil
    }

    var line: String { "revision \(revision)  \(kind)  \(sopClass)  \(file ?? "removed")" }
}

struct DeliveryRow: QueueRow {
    static let heading = "deliveries"
    var row = "delivery"
    var delivery: Int64
    var study: String
    var destination: String
    var kind: String
    var sopInstance: String
    var state: String
    var tries: Int
    var nextTry: Date
    var lastError: String?

    init(_ record: Delivery) {
        delivery = record.id
        study = record.object.study.string
        destination = record.destination
        kind = record.document.kind.rawValue
        sopInstance = record.object.sopInstance.string
        state = record.state.rawValue
        tries = record.tries
        nextTry = record.nextTry
        lastError = record.lastError
    }

    var line: String {
        "\(delivery)  \(kind) of \(study) to \(destination)  \(state), tries \(tries)\(lastError.map { ": \($0)" } ?? "")"
    }
}

struct NoticeRow: QueueRow {
    static let heading = "notices"
    var row = "notice"
    var notice: Int64
    var study: String
    var revision: Int
    var receiver: String
    var outcome: String
    var triage: Int?
    var state: String
    var tries: Int
    var nextTry: Date
    var lastError: String?

    init(_ record: NoticeRecord) {
        notice = record.id
        study = record.study.string
        revision = record.revision
        receiver = record.receiver
        outcome = record.subject.outcome
        triage = record.subject.triage
        state = record.state.rawValue
        tries = record.tries
        nextTry = record.nextTry
        lastError = record.lastError
    }

    var line: String {
        "\(notice)  \(outcome) of \(study) to \(receiver)  \(state), tries \(tries)\(lastError.map { ": \($0)" } ?? "")"
    }
}

struct AsideRow: QueueRow {
    static let heading = "set aside (other bytes under a UID that was taken)"
    var row = "aside"
    var aside: Int64
    var study: String
    var sopInstance: String
    var state: String
    var reason: String?
    var callingAE: String
    var file: String
    var keptFile: String

    init(_ object: AsideObject) {
        aside = object.id
        study = object.kept.study.string
        sopInstance = object.sopInstance.string
        state = object.state.rawValue
        reason = object.reason
        callingAE = object.callingAE
        file = object.file.path
        keptFile = object.kept.file.path
    }

    var line: String {
        "\(aside)  \(sopInstance) from \(callingAE)  \(state)\(reason.map { ": \($0)" } ?? "")  \(file)"
    }
}

struct EventRow: QueueRow {
    static let heading = "events"
    var row = "event"
    var at: Date
    var kind: String
    var text: String

    init(_ event: Event) {
        at = event.at
        kind = event.kind.rawValue
        text = event.text
    }

    var line: String { "\(at.formatted(.iso8601))  \(kind): \(text)" }
}
