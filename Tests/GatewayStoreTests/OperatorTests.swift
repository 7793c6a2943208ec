import DICOMCore
import Foundation
import Testing
import Workflow

@testable import GatewayStore

@Suite("What an operator asks for and decides")
struct OperatorTests {
    private static let studies = ["1.2.4", "1.2.5", "1.2.6"].compactMap { UID($0) }

    /// Studies that came an hour apart, the last from another sender.
    private func fill(_ bench: Bench) async throws {
        for (number, study) in Self.studies.enumerated() {
            let object = SentObject(sopInstance: try #require(UID("1.2.9.\(number)")), study: study)
            var request = object.request
            if number == 2 { request.callingAE = AETitle(known: "MR7") }
            let writer = try bench.reception().begin(request)
            writer.write(all: object.dataSet)
            _ = try await writer.finish().get()
            bench.clock.advance(3600)
        }
    }

    @Test("Studies are shown by sender and by the time of their last object, which a moment bounds from below or above")
    func filters() async throws {
        try await withBench { bench async throws in
            let start = bench.clock.now
            try await fill(bench)
            func shown(_ filter: StudyFilter) throws -> [UID] { try bench.store.studies(filter).map(\.uid) }
            let second = start + 3600
            #expect(try shown(StudyFilter()) == Self.studies.reversed())
            #expect(try shown(StudyFilter(sender: "MR7")) == [Self.studies[2]])
            #expect(try shown(StudyFilter(since: second)) == [Self.studies[2], Self.studies[1]])
            #expect(try shown(StudyFilter(until: second)) == [Self.studies[0]])
            #expect(try shown(StudyFilter(sender: "CT1", since: second)) == [Self.studies[1]])
            #expect(try shown(StudyFilter(limit: 1)) == [Self.studies[2]])
        }
    }

    @Test("Whoever was shown a patient is written down with the study, and with no other")
    func audit() async throws {
        try await withBench { bench async throws in
            try await fill(bench)
            try bench.store.noteIdentified([Self.studies[1]], by: "ada")
            let notes = try bench.store.events().filter { $0.kind == .identified }
            #expect(notes.map(\.study) == [Self.studies[1].string])
            #expect(notes.first?.text == "the patient was shown to ada")
        }
    }

    /// A finished study whose reports wait for two destinations.
    private func queued(_ bench: Bench) async throws -> ClaimedJob {
        let kinds = OutboxTests.kinds
        try bench.store.setDestinations(
            ["a", "b"].map { DestinationRecord(name: $0, kinds: [.report], reportClasses: kinds) })
        let job = try await bench.analysedJob()
        return job
    }

    private func end(_ bench: Bench, _ name: String, _ outcome: DeliveryOutcome) throws {
        let owner = bench.worker("delivery")
        for delivery in try bench.store.claimDeliveries(to: name, by: owner, limit: 10, lease: 600) {
            try bench.store.settle(delivery: delivery.id, by: owner, outcome)
        }
    }

    private func states(_ bench: Bench) throws -> [String: DeliveryState] {
        Dictionary(uniqueKeysWithValues: try bench.store.deliveries().map { ($0.destination, $0.state) })
    }

    @Test("A destination's dead deliveries are tried again, and nobody else's")
    func retryOneDestination() async throws {
        try await withBench { bench async throws in
            let job = try await queued(bench)
            for name in ["a", "b"] { try end(bench, name, .refused("0xC000")) }
            #expect(try bench.store.decide(.retry, destination: "a", study: Self.studies[0]) == 0)
            #expect(try bench.store.decide(.retry, destination: "a", study: job.study) == 1)
            #expect(try states(bench) == ["a": .waiting, "b": .dead])
        }
    }

    @Test(
        "What waits for a destination that failed is tried at once when the operator says so, its tries still counted")
    func hurryOneDestination() async throws {
        try await withBench { bench async throws in
            _ = try await queued(bench)
            try end(bench, "a", .failed(Cause(.destination, "connection refused")))
            let owner = bench.worker("delivery")
            #expect(try bench.store.claimDeliveries(to: "a", by: owner, limit: 10, lease: 600).isEmpty)
            #expect(try bench.store.decide(.retry, destination: "a") == 1)
            #expect(try bench.store.claimDeliveries(to: "a", by: owner, limit: 10, lease: 600).map(\.tries) == [1])
        }
    }

    @Test("What goes to one destination is given up with an event that says so, and the study is reported by the other")
    func dropOneDestination() async throws {
        try await withBench { bench async throws in
            let job = try await queued(bench)
            try end(bench, "b", .accepted(warning: nil))
            #expect(try bench.store.decide(.drop, destination: "a") == 1)
            #expect(try states(bench) == ["a": .dropped, "b": .delivered])
            #expect(try bench.store.events(of: job.study).contains { $0.kind == .dropped && $0.text.hasSuffix("to a") })
        }
    }

    @Test("A destination that nobody knows is an error that names it")
    func unknownDestination() async throws {
        try await withBench { bench async throws in
            _ = try await queued(bench)
            #expect(throws: StoreError.unknown(kind: "destination", name: "c")) {
                try bench.store.decide(.drop, destination: "c")
            }
        }
    }
}
