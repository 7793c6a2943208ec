import DICOMCore
import Foundation
import GatewayStore
import Logging
import ServiceLifecycle

/// Brings notices to their receivers. Each receiver has a task of its own, so one that is down keeps nobody waiting.
final class NoticeService: Service {
    private let store: Store
    private let receivers: [NoticeReceiver]
    private let sender: any NoticeSender
    private let title: String
    private let identify: @Sendable (URL) -> StudyIdentification?
    private let clock: any GatewayClock
    private let wall: @Sendable () -> Date
    private let logger: Logger
    private let wakes: [Wake]
    /// How often the store is asked for what another process put into it.
    private let lookEvery = Duration.seconds(2)
    private let batchSize = 16

    /// - Parameters:
    ///   - title: of the node.
    ///   - identify: who the patient of an object's file is, nil where it can't be read.
    init(
        store: Store, receivers: [NoticeReceiver], sender: any NoticeSender, title: String,
        clock: any GatewayClock = SystemClock(), wall: @escaping @Sendable () -> Date = { Date() }, logger: Logger,
        identify: @escaping @Sendable (URL) -> StudyIdentification?
    ) {
        self.store = store
        self.receivers = receivers
        self.sender = sender
        self.title = title
        self.identify = identify
        self.clock = clock
        self.wall = wall
        self.logger = logger
        wakes = receivers.map { _ in Wake() }
    }

    /// Something new may have to be told.
    func look() { for wake in wakes { wake.signal() } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for (receiver, wake) in zip(self.receivers, self.wakes) {
                    group.addTask { await self.serve(receiver, wake) }
                }
            }
        }
        // A service that ends would end the node, and there may be no receivers.
        try? await gracefulShutdown()
    }

    private func serve(_ receiver: NoticeReceiver, _ wake: Wake) async {
        while !Task.isCancelled {
            if send(to: receiver) { continue }
            await wake.wait(until: clock.now + lookEvery, clock)
        }
    }

    /// What is due, one after the other.
    /// - Returns: whether more may be due at once.
    func send(to receiver: NoticeReceiver) -> Bool {
        do {
            let due = try store.dueNotices(to: receiver.name, limit: batchSize)
            for record in due where !Task.isCancelled {
                let outcome = sender.send(try message(record, receiver), by: receiver.way, at: wall())
                if outcome != .accepted {
                    logger.warning(
                        "notice not sent: \(outcome)",
                        metadata: ["receiver": "\(receiver.name)", "notice": "\(record.id)"])
                }
                try store.settle(notice: record.id, outcome)
            }
            return due.count == batchSize
        } catch {
            logger.error("notices can't be read or written: \(error)", metadata: ["receiver": "\(receiver.name)"])
            return false
        }
    }

    private func message(_ record: NoticeRecord, _ receiver: NoticeReceiver) throws -> NoticeMessage {
        let patient = receiver.identifies ? try store.sample(of: record.study).flatMap { identify($0.file) } : nil
        return NoticeMessage(record, node: title, store: store.deviceUID.string, patient: patient)
    }
}
