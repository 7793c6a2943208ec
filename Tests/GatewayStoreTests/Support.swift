import DICOMCore
import Foundation
import HilumTesting
import Synchronization
import Testing
import Workflow

@testable import GatewayStore

/// A small data set in explicit VR little endian, as a modality would send it.
struct SentObject {
    var sopClass = SOPClass.digitalXRayImageStorageForPresentation.uid
    var sopInstance = UID(known: "1.2.3.1")
    var study = UID(known: "1.2.3")
    var series = UID(known: "1.2.3.0")
    var modality = "DX"
    var manufacturer: String?
    var deviceUID: UID?
    var pixels = 64

    var dataSet: [UInt8] {
        var encoder = DataSetEncoder(.explicitLittleEndian)
        encoder.append(.sopClassUID, sopClass)
        encoder.append(.sopInstanceUID, sopInstance)
        encoder.append(.modality, .cs, modality)
        if let manufacturer { encoder.append(.manufacturer, .lo, manufacturer) }
        if let deviceUID { encoder.append(.deviceUID, deviceUID) }
        encoder.append(.studyInstanceUID, study)
        encoder.append(.seriesInstanceUID, series)
        encoder.append(Tag(0x7FE0, 0x0010), .ow, bytes: [UInt8](repeating: 7, count: pixels))
        return encoder.bytes
    }

    var request: Reception.Request {
        Reception.Request(
            sopClass: sopClass, sopInstance: sopInstance, transferSyntax: .explicitVRLittleEndian,
            callingAE: AETitle(known: "CT1"), calledAE: AETitle(known: "HILUM"), association: "a1")
    }

    /// Sends it whole, in pieces of 50 bytes.
    func send(to reception: Reception) async throws -> Result<Disposition, ReceptionRefusal> {
        let writer = try reception.begin(request)
        writer.write(all: dataSet)
        return await writer.finish()
    }

    /// The status that the peer hears.
    func answer(from reception: Reception) async throws -> UInt16 {
        do {
            if case .failure(let refusal) = try await send(to: reception) { return refusal.status }
            return 0
        } catch let refusal as ReceptionRefusal {
            return refusal.status
        }
    }
}

extension SpoolWriter {
    func write(all bytes: [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: 50) {
            bytes[start..<min(start + 50, bytes.count)].withUnsafeBytes { write($0) }
        }
    }
}

/// A clock that goes when a test says so.
final class HandClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))
    var now: Date { time.withLock { $0 } }
    func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

/// The operating system's files, with faults at the calls that a test names.
final class FaultyFileSystem: SpoolFileSystem {
    enum Fault: Hashable { case write, read, sync, rename, syncFolder, noRoom }
    private let faults = Mutex<Set<Fault>>([])
    private let log = Mutex<[Fault]>([])
    private let real = POSIXFileSystem()

    func set(_ faults: Set<Fault>) { self.faults.withLock { $0 = faults } }

    /// The calls that reached the disk since the last look, reads and writes left out.
    func calls() -> [Fault] {
        log.withLock { log in
            defer { log = [] }
            return log
        }
    }

    fileprivate func check(_ fault: Fault) throws {
        if fault != .write, fault != .read { log.withLock { $0.append(fault) } }
        if faults.withLock({ $0.contains(fault) }) {
            throw StoreError.system(call: "\(fault)", path: "spool", code: ENOSPC)
        }
    }

    func create(_ path: String) throws -> any SpoolFile { FaultyFile(try real.create(path), self) }
    func makeFolder(_ path: String) throws { try real.makeFolder(path) }
    func rename(_ path: String, to target: String) throws {
        try check(.rename)
        try real.rename(path, to: target)
    }
    func syncFolder(_ path: String) throws {
        try check(.syncFolder)
        try real.syncFolder(path)
    }
    func remove(_ path: String) throws { try real.remove(path) }
    func list(_ folder: String) throws -> [String] { try real.list(folder) }
    func size(_ path: String) throws -> Int64? { try real.size(path) }
    func freeBytes(_ folder: String) throws -> Int64 {
        faults.withLock { $0.contains(.noRoom) } ? 1000 : try real.freeBytes(folder)
    }
}

private final class FaultyFile: SpoolFile {
    private let real: any SpoolFile
    private let system: FaultyFileSystem
    init(_ real: any SpoolFile, _ system: FaultyFileSystem) {
        self.real = real
        self.system = system
    }
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try system.check(.write)
        try real.write(bytes)
    }
    func read(at offset: Int64, into bytes: UnsafeMutableRawBufferPointer) throws {
        try system.check(.read)
        try real.read(at: offset, into: bytes)
    }
    func startWriteback() { real.startWriteback() }
    func sync() throws {
        try system.check(.sync)
        try real.sync()
    }
    func close() { real.close() }
}

/// A store in a temporary folder.
struct Bench {
    let folder: URL
    let clock = HandClock()
    let files = FaultyFileSystem()
    let store: Store

    init(_ folder: URL) throws {
        self.folder = folder
        store = try Store(
            folder: folder, role: .gateway, busyTimeout: 0.05, files: files, rules: Self.rules,
            now: { [clock] in clock.now }, random: { 0 })
        try store.setRecipe(recipe)
    }

    /// Waits of 5, 10, 20, 40, 60 seconds.
    static let rules = RetryRules(backoff: Backoff(first: .seconds(5), longest: .seconds(60), jitter: 0))

    /// A worker of this store's gateway.
    func worker(_ name: String = "w") -> Owner { Owner(node: store.node, worker: name) }

    func claim(by name: String = "w", recipe: Recipe = GatewayStoreTests.recipe) throws -> ClaimedJob? {
        try store.claimJob(by: worker(name), recipe: recipe, lease: 60)
    }

    /// A study with one image, closed and claimed by `w`.
    func claimedJob(_ sent: SentObject = SentObject()) async throws -> ClaimedJob {
        _ = try await sent.send(to: reception())
        _ = try store.closeStudy(sent.study, recipe: recipe)
        return try #require(try claim())
    }

    /// The same, with its results handed in.
    func analysedJob() async throws -> ClaimedJob {
        let job = try await claimedJob()
        try store.complete(job: job, with: .sample())
        return job
    }

    func reception(_ change: (inout Reception.Settings) -> Void = { _ in }) -> Reception {
        var settings = Reception.Settings()
        settings.lowWatermark = 1 << 20
        change(&settings)
        return Reception(store: store, settings: settings)
    }

    /// Everything in the spool, as paths relative to the folder.
    func spooled() throws -> [String] {
        try ["incoming", "objects", "results", "strays"].flatMap { name in
            try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: name).path)
                .filter { $0.hasSuffix(".dcm") }.map { "\(name)/\($0)" }
        }
    }

    /// The same folder as the next process finds it.
    func reopened() throws -> Store {
        try store.close()
        return try Store(
            folder: folder, role: .gateway, files: files, rules: Self.rules, now: { [clock] in clock.now },
            random: { 0 })
    }
}

extension SentObject {
    /// Of the same study, and no image.
    static let presentationState = SentObject(
        sopClass: SOPClass.grayscaleSoftcopyPresentationStateStorage.uid, sopInstance: UID(known: "1.2.3.8"))
}

extension Completion {
    /// A report in two SOP classes, with UIDs that begin with `root`.
    static func sample(_ root: String = "2.25.1", recipe: Recipe = GatewayStoreTests.recipe, pixels: Int = 2)
        -> Completion
    {
        let classes = ["1.2.840.10008.5.1.4.1.1.88.34", "1.2.840.10008.5.1.4.1.1.88.22"].compactMap { UID($0) }
        let results = classes.enumerated().compactMap { index, sopClass in
            UID("\(root).\(index)").map { result(Document(.report), sopClass, $0, pixels: pixels) }
        }
        return Completion(
            recipe: recipe, verdict: .analysed,
            findings: [Finding(json: "{}", outcome: "normal", confidence: 0.9, triage: 4)],
            results: results, summary: "normal 90 %, triage 4",
            stages: [Stage(name: "read", seconds: 0.25), Stage(name: "classify", seconds: 1.5)])
    }

    static func result(_ document: Document, _ sopClass: UID, _ instance: UID, pixels: Int = 2) -> Result {
        let series = UID(known: "2.25.9")
        let syntax = TransferSyntax.explicitVRLittleEndian.uid
        let meta = FileMetaInformation(sopClassUID: sopClass, sopInstanceUID: instance, transferSyntaxUID: syntax)
        var body = SentObject(sopClass: sopClass, sopInstance: instance, series: series)
        body.pixels = pixels
        return Result(
            document, series: series, sopClass: sopClass, sopInstance: instance, transferSyntax: syntax,
            part10: meta.encode() + body.dataSet)
    }
}

func withBench<Result>(_ body: (Bench) async throws -> Result) async throws -> Result {
    try await Workplace.inTemporaryFolder { try await body(Bench($0)) }
}

let recipe = Recipe(bundle: "b", settings: "s", precision: "f32", software: "1")
let otherRecipe = Recipe(bundle: "c", settings: "s", precision: "f32", software: "1")
