import DICOMCore
import Foundation
import GRDB
import GatewayStore
import HilumTesting
import Logging
import Synchronization
import Workflow

@testable import Gateway

/// A monotonic clock whose hands a test turns.
final class HandClock: GatewayClock {
    private struct State {
        var now: Duration = .zero
        var sleepers: [(id: Int, until: Duration, continuation: CheckedContinuation<Void, any Error>)] = []
        var lastID = 0
    }
    private let state = Mutex(State())

    var now: Duration { state.withLock { $0.now } }

    /// Returns when so many tasks sleep.
    func waitForSleepers(_ count: Int) async {
        while state.withLock({ $0.sleepers.count }) != count { await Task.yield() }
    }

    func advance(by duration: Duration) {
        let awake = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.until <= state.now }
            state.sleepers.removeAll { $0.until <= state.now }
            return due
        }
        for sleeper in awake { sleeper.continuation.resume() }
    }

    func sleep(until instant: Duration) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.now >= instant { return .success(()) }
                    state.sleepers.append((id, instant, continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.first { $0.id == id }
                state.sleepers.removeAll { $0.id == id }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// The wall clock of a store, likewise.
final class HandCalendar: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))
    var now: Date { time.withLock { $0 } }
    func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

let recipe = Recipe(bundle: "b", settings: "s", precision: "f32", software: "1")

/// A store in a temporary folder, and ways to fill it.
struct Node {
    let folder: URL
    let calendar = HandCalendar()
    let store: Store

    init(_ folder: URL) throws {
        self.folder = folder
        store = try Store(
            folder: folder.appending(path: "data"), role: .gateway,
            rules: RetryRules(backoff: Backoff(first: .seconds(5), longest: .seconds(60), jitter: 0)),
            now: { [calendar] in calendar.now }, random: { 0 })
    }

    func owner(_ name: String) -> Owner { Owner(node: store.node, worker: name) }

    func claimJob(worker name: String, lease: TimeInterval) throws -> ClaimedJob? {
        try store.claimJob(by: owner(name), recipe: recipe, lease: lease)
    }

    static func dataSet(_ sopInstance: String, study: String, sopClass: UID) -> [UInt8] {
        var encoder = DataSetEncoder(.explicitLittleEndian)
        encoder.append(.sopClassUID, sopClass)
        if let uid = UID(sopInstance) { encoder.append(.sopInstanceUID, uid) }
        encoder.append(Tag(0x0008, 0x0020), .da, "20260101")
        encoder.append(.modality, .cs, "DX")
        encoder.append(Tag(0x0010, 0x0010), .pn, "Secret^Name")
        encoder.append(Tag(0x0010, 0x0020), .lo, "SECRET-ID")
        if let uid = UID(study) { encoder.append(.studyInstanceUID, uid) }
        encoder.append(.seriesInstanceUID, UID(known: "1.2.3.0"))
        encoder.append(Tag(0x7FE0, 0x0010), .ow, bytes: [1, 2])
        return encoder.bytes
    }

    static func part10(
        _ sopInstance: String, study: String = "1.2.3",
        sopClass: UID = SOPClass.digitalXRayImageStorageForPresentation.uid
    ) -> [UInt8] {
        FileMetaInformation(
            sopClassUID: sopClass, sopInstanceUID: UID(sopInstance),
            transferSyntaxUID: TransferSyntax.explicitVRLittleEndian.uid
        ).encode() + dataSet(sopInstance, study: study, sopClass: sopClass)
    }

    /// Receives one image of the study as the listener would.
    func receive(_ sopInstance: String, study: String = "1.2.3") async throws {
        let sopClass = SOPClass.digitalXRayImageStorageForPresentation.uid
        let title = AETitle(known: "CT1")
        guard let instance = UID(sopInstance) else { throw StoreError.unknown(kind: "UID", name: sopInstance) }
        var settings = Reception.Settings()
        settings.lowWatermark = 1 << 20
        let writer = try Reception(store: store, settings: settings).begin(
            Reception.Request(
                sopClass: sopClass, sopInstance: instance, transferSyntax: .explicitVRLittleEndian, callingAE: title,
                calledAE: AETitle(known: "HILUM"), association: "1"))
        Self.dataSet(sopInstance, study: study, sopClass: sopClass).withUnsafeBytes { writer.write($0) }
        _ = try await writer.finish().get()
    }

    /// The files of kept objects.
    func spooled() throws -> [URL] {
        let objects = URL(filePath: store.layout.objects)
        return try FileManager.default.subpathsOfDirectory(atPath: objects.path).filter { $0.hasSuffix(".dcm") }
            .map { objects.appending(path: $0) }
    }

    func close(_ study: String) throws {
        if let uid = UID(study) { _ = try store.closeStudy(uid, recipe: recipe) }
    }
}

func withNode<Outcome>(_ body: (Node) async throws -> Outcome) async throws -> Outcome {
    try await Workplace.inTemporaryFolder { try await body(Node($0)) }
}

/// Writes a report in two SOP classes, or fails for the studies that a test names.
struct AnalystDouble: StudyAnalyst {
    struct Poison: Error, CustomStringConvertible { let description = "the network is ill" }
    var poison: Set<String> = []
    /// Thrown for every study while it is set.
    var trouble: @Sendable () -> StoreError? = { nil }
    var recipe: Recipe { GatewayTests.recipe }
    /// The images that it says it could not read, by SOP Instance UID.
    var unread: @Sendable () -> [UID] = { [] }

    static let reportClasses = [ReportClass.comprehensive3D.sopClassUID, ReportClass.enhanced.sopClassUID]

    func analyse(_ job: ClaimedJob, deviceUID: UID) throws -> Completion {
        if poison.contains(job.study.string) { throw Poison() }
        if let trouble = trouble() { throw trouble }
        let results = Self.reportClasses.enumerated().compactMap { index, sopClass -> Completion.Result? in
            let text = "2.25.\(job.id).\(index)"
            guard let instance = UID(text) else { return nil }
            return Completion.Result(
                Document(.report), series: UID(known: "2.25.5"), sopClass: sopClass, sopInstance: instance,
                transferSyntax: TransferSyntax.explicitVRLittleEndian.uid,
                part10: Node.part10(text, study: job.study.string, sopClass: sopClass))
        }
        return Completion(
            recipe: recipe, verdict: .analysed,
            findings: [Completion.Finding(json: "{}", outcome: "normal", confidence: 0.9, triage: 4)],
            results: results,
            unread: unread().map { JobWorkflow.UnreadImage($0, .content("torn")) }, summary: "normal 90 %, triage 4")
    }
}

struct ComparerDouble: ObjectComparer {
    var verdict = AsideWorkflow.Comparison.equal
    func compare(_ one: URL, _ other: URL) throws -> AsideWorkflow.Comparison { verdict }
}

/// Another process's transaction, which holds the database.
final class DatabaseLock: Sendable {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    func take() { try? queue.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") } }
    func release() { try? queue.inDatabase { try $0.execute(sql: "ROLLBACK") } }
}
