public import DICOMCore
import Foundation
import Synchronization
public import Workflow

/// Takes objects from peers into the spool: each is written under `incoming/`, scanned and digested on the way, and
/// acknowledged when its file and its row are durable. Knows no network.
public final class Reception: Sendable {
    public struct Settings: Sendable {
        public var duplicates = DuplicatePolicy.setAside
        /// Bytes that stay free on the disk; under it objects are refused with 0xA700.
        public var lowWatermark: Int64 = 1 << 30
        /// Bytes that the store may take; nil: as many as the disk has.
        public var limit: Int64?
        /// Bytes of one data set.
        public var longestDataSet: Int64 = 4 << 30

        public init() {}
    }

    /// What a C-STORE request and its association say before the data set comes.
    public struct Request: Sendable {
        public var sopClass: UID
        public var sopInstance: UID
        public var transferSyntax: TransferSyntax
        public var callingAE: AETitle
        public var calledAE: AETitle
        /// Our own id of the association.
        public var association: String

        public init(
            sopClass: UID, sopInstance: UID, transferSyntax: TransferSyntax, callingAE: AETitle, calledAE: AETitle,
            association: String
        ) {
            self.sopClass = sopClass
            self.sopInstance = sopInstance
            self.transferSyntax = transferSyntax
            self.callingAE = callingAE
            self.calledAE = calledAE
            self.association = association
        }
    }

    /// What assembly hears of each answered object.
    public typealias Listener = @Sendable (Arrival, Disposition) -> Void

    let store: Store
    let settings: Settings
    let listener: Listener
    let committer: GroupCommitter
    /// What is free.
    public let meter: StorageMeter
    /// Threads that digest what other threads write.
    let digesters: Crew
    private let writers = Atomic(0)
    /// At least two, so that a lone object is always digested beside its writing.
    private let cores = max(2, ProcessInfo.processInfo.activeProcessorCount)
    private let room: Mutex<Watermark>
    private let day: Mutex<(number: Int, name: String)>

    public init(store: Store, settings: Settings = Settings(), listener: @escaping Listener = { _, _ in }) {
        self.store = store
        self.settings = settings
        self.listener = listener
        meter = StorageMeter(store: store, limit: settings.limit)
        committer = GroupCommitter(store: store) { [settings] in
            try store.record($0, duplicates: settings.duplicates)
        }
        digesters = Crew(threads: min(4, cores), name: "hilum-digest")
        room = Mutex(Watermark(low: settings.lowWatermark))
        day = Mutex((.min, ""))
    }

    /// Opens a file for an object whose bytes are about to come.
    public func begin(_ request: Request) throws(ReceptionRefusal) -> SpoolWriter {
        do {
            try checkRoom()
            return try SpoolWriter(request, folder: try folderOfToday(), reception: self)
        } catch let refusal as ReceptionRefusal {
            throw refusal
        } catch {
            throw .outOfResources("\(error)")
        }
    }

    /// Every core has an object that is being received.
    var isBusy: Bool { writers.load(ordering: .relaxed) >= cores }

    func writerOpened() { writers.add(1, ordering: .relaxed) }
    func writerGone() { writers.subtract(1, ordering: .relaxed) }

    private func checkRoom() throws {
        let free = try meter.free()
        let (change, isFull) = room.withLock { room in (room.update(free: free), room.isFull) }
        if let change {
            // A full disk may keep the database from taking the event; refusing does not depend on it.
            let text = "\(free) bytes free, \(settings.lowWatermark) must stay free"
            try? store.note(change == .becameFull ? .full : .roomy, text)
        }
        if isFull {
            throw StoreError.notEnoughRoom(path: store.folder.path, free: free, wanted: settings.lowWatermark)
        }
    }

    /// The day's folder under `objects/`, made durable before anything is put into it. A clock that is put back does
    /// not lead to an earlier folder: recovery looks at the latest ones.
    private func folderOfToday() throws -> String {
        let now = store.now()
        let number = Int((now.timeIntervalSince1970 / 86_400).rounded(.down))
        return try day.withLock { day in
            if number > day.number {
                let name = SpoolLayout.day(of: now)
                try store.files.makeFolder("\(store.layout.objects)/\(name)")
                try store.files.syncFolder(store.layout.objects)
                day = (number, name)
            }
            return "objects/\(day.name)"
        }
    }
}
