import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import HilumTesting
import Logging
import ServiceLifecycle
import Synchronization
import Testing
import Workflow

@testable import Gateway

/// The listener and the spool together, with DCMTK as the modality.
struct NodeTests {
    private func withListener(_ body: (Node, Int) async throws -> Void) async throws {
        try await withNode { node async throws in
            var configuration = GatewayConfiguration()
            configuration.node.host = "127.0.0.1"
            configuration.node.port = 0
            configuration.storage.lowWatermark = 1 << 20
            let reception = Reception(store: node.store, settings: configuration.reception)
            let listener = AssociationListener(
                configuration: configuration.ports[0],
                provider: SpoolReceiverProvider(reception: reception, logger: quiet), logger: quiet)
            let port = try await listener.bind()
            try await body(node, port)
            await listener.close(grace: .seconds(1))
        }
    }

    @Test(.enabled(if: Tool("storescu") != nil))
    func storescuHearsSuccessAndTheObjectIsThere() async throws {
        try await withListener { node, port async throws in
            let file = node.folder.appending(path: "a.dcm")
            try Data(Node.part10("1.2.3.1")).write(to: file)
            let sender = try #require(Tool("storescu"))
            for _ in 1...2 {
                let output = try sender.run(["-aec", "HILUM", "127.0.0.1", "\(port)", file.path])
                #expect(output.status == 0, "\(output.all)")
            }
            #expect(try node.store.studies().map(\.objects) == [1])
            let refused = try sender.run(["-aec", "OTHER", "127.0.0.1", "\(port)", file.path])
            #expect(refused.status != 0 && refused.all.contains("Called AE Title Not Recognized"))
        }
    }

    @Test("the same UID with other bytes is Success for storescu and set aside", .enabled(if: Tool("storescu") != nil))
    func otherBytesAreSetAside() async throws {
        try await withListener { node, port async throws in
            let sender = try #require(Tool("storescu"))
            for study in ["1.2.3", "1.2.4"] {
                let file = node.folder.appending(path: "\(study).dcm")
                try Data(Node.part10("1.2.3.1", study: study)).write(to: file)
                #expect(try sender.run(["-aec", "HILUM", "127.0.0.1", "\(port)", file.path]).status == 0)
            }
            #expect(try node.store.asideObjects().count == 1)
        }
    }

    /// Promise 8, for what the database and the log hold.
    @Test func noPatientIsInDatabaseOrLog() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            try await node.receive("1.2.3.1", study: "1.2.4")
            try node.close("1.2.3")
            let database =
                try Data(contentsOf: node.folder.appending(path: "data/hilum.sqlite"))
                + (try Data(contentsOf: node.folder.appending(path: "data/hilum.sqlite-wal")))
            #expect(database.firstRange(of: Data("1.2.3.1".utf8)) != nil)
            #expect(database.firstRange(of: Data("Secret".utf8)) == nil)
            #expect(database.firstRange(of: Data("SECRET".utf8)) == nil)
        }
    }

    @Test func assemblyClosesAQuietStudyAndTellsTheWorkers() async throws {
        try await withNode { node async throws in
            let clock = HandClock()
            let (closings, closed) = AsyncStream<Closing>.makeStream()
            let service = AssemblyService(
                store: node.store, settings: AssemblyPlan.Settings(quietTime: .seconds(30), longestWait: .seconds(90)),
                recipe: recipe, clock: clock, logger: quiet
            ) { closed.yield($1) }
            try await node.receive("1.2.3.1")
            service.arrived(UID(known: "1.2.3"))
            service.look()
            #expect(try node.store.study(UID(known: "1.2.3"))?.state == .receiving)
            clock.advance(by: .seconds(30))
            service.look()
            for await closing in closings {
                #expect(closing == .job(revision: 1))
                break
            }
        }
    }

    @Test func aForcedStudyIsClosedAtTheNextLook() async throws {
        try await withNode { node async throws in
            let service = AssemblyService(
                store: node.store, settings: AssemblyPlan.Settings(), recipe: recipe, clock: HandClock(),
                logger: quiet
            ) { _, _ in }
            try await node.receive("1.2.3.1")
            try node.store.forceStudy(UID(known: "1.2.3"))
            service.look()
            #expect(try node.store.jobs().map(\.state) == [.waiting])
        }
    }
}
