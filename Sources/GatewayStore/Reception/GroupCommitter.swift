import DICOMCore
import Foundation
import Synchronization
import Workflow

/// Gives synced files their names and rows, durably, and lets associations that wait at the same time share what that
/// costs. The first thread that brings a file leads: it renames all files that are there by then, syncs the folder once
/// and writes their rows in one transaction. Files that come while it does so are the next batch,
/// which a thread of the committer's own leads, so that the first leader's peer hears its answer.
final class GroupCommitter: Sendable {
    struct Entry: Sendable {
        var arrival: Arrival
        /// Absolute path under `incoming/` of the file, which is on the disk.
        var temporary: String
        var answer: @Sendable (Result<Disposition, ReceptionRefusal>) -> Void
    }
    private struct State {
        var pending: [Entry] = []
        var isLed = false
    }

    private let store: Store
    private let record: @Sendable ([Arrival]) throws -> [Disposition]
    private let crew: Crew
    private let state = Mutex(State())

    /// - Parameter record: writes the rows of arrivals in one transaction.
    init(store: Store, record: @escaping @Sendable ([Arrival]) throws -> [Disposition]) {
        self.store = store
        self.record = record
        crew = Crew(threads: 1, name: "hilum-spool")
    }

    /// Blocks for one batch if this thread leads. `answer` may come before it returns.
    func submit(_ entry: Entry) {
        let leads = state.withLock { state in
            state.pending.append(entry)
            defer { state.isLed = true }
            return !state.isLed
        }
        if leads { lead() }
    }

    private func lead() {
        let batch = state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
        commit(move(batch))
        let goesOn = state.withLock { state in
            state.isLed = !state.pending.isEmpty
            return state.isLed
        }
        if goesOn { crew.run { self.lead() } }
    }

    /// Gives each file its name, durably. Those that can't be are refused and left out.
    private func move(_ batch: [Entry]) -> [Entry] {
        var moved: [Entry] = []
        for entry in batch {
            do {
                try store.files.rename(entry.temporary, to: store.layout.absolute(entry.arrival.path))
                moved.append(entry)
            } catch {
                refuse(entry, at: entry.temporary, error)
            }
        }
        do {
            for folder in Set(moved.map { SpoolLayout.folder(of: $0.arrival.path) }) {
                try store.files.syncFolder(store.layout.absolute(folder))
            }
            return moved
        } catch {
            for entry in moved { refuse(entry, at: store.layout.absolute(entry.arrival.path), error) }
            return []
        }
    }

    private func commit(_ batch: [Entry]) {
        do {
            let dispositions = try record(batch.map(\.arrival))
            for (entry, disposition) in zip(batch, dispositions) { answer(entry, disposition) }
        } catch {
            // What is the node's fault would be so for each of them, after a wait for each.
            let isTheNodes = (error as? StoreError)?.cause.blame == .node
            guard batch.count > 1, !isTheNodes else {
                for entry in batch { refuse(entry, at: store.layout.absolute(entry.arrival.path), error) }
                return
            }
            // One that the database can't take must not fail its neighbours.
            for entry in batch { commit([entry]) }
        }
    }

    private func answer(_ entry: Entry, _ disposition: Disposition) {
        switch disposition {
        case .kept, .setAside:
            entry.answer(.success(disposition))
        case .same:
            entry.answer(.success(disposition))
            try? store.files.remove(store.layout.absolute(entry.arrival.path))
        case .refused:
            try? store.files.remove(store.layout.absolute(entry.arrival.path))
            let uid = entry.arrival.identity.sopInstance
            entry.answer(.failure(.duplicateInstance("\(uid) is kept already, with other content")))
        }
    }

    private func refuse(_ entry: Entry, at path: String, _ error: any Error) {
        try? store.files.remove(path)
        entry.answer(.failure(.outOfResources("\(error)")))
    }
}
