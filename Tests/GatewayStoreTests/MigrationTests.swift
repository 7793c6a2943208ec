import DICOMCore
import Foundation
import GRDB
import HilumTesting
import Testing
import Workflow

@testable import GatewayStore

/// A store that an earlier version left opens, and what it left open is finished.
@Suite("Stores of earlier versions")
struct MigrationTests {
    private static let digest = "x'\(String(repeating: "07", count: 32))'"

    /// A study of each kind, as the version before `Workflow` wrote them; each has one image.
    private static let rows = """
        INSERT INTO node VALUES ('device uid', '2.25.1');
        INSERT INTO study (id, uid, state, reason, revision, first_arrival, opened_at, last_arrival, forced) VALUES
            (1, '1.2.1', 'waiting', NULL, 1, 1, 1, 1, 0), (2, '1.2.2', 'waiting', NULL, 1, 1, 1, 1, 0),
            (3, '1.2.3', 'analysed', NULL, 2, 1, 1, 1, 0), (4, '1.2.4', 'failed', 'x', 1, 1, 1, 1, 0),
            (5, '1.2.5', 'receiving', NULL, 1, 1, 1, 1, 1), (6, '1.2.6', 'not analysable', 'no image', 0, 1, 1, 1, 0);
        INSERT INTO object (id, study, sop_instance, sop_class, series, transfer_syntax, path, bytes, sha256, received_at,
                calling_ae, association, origin, image)
            SELECT id, id, uid || '.9', '1.2.840.10008.5.1.4.1.1.1.1', '1.2', '1.2.840.10008.1.2.1',
                'objects/20260101/' || id || '.dcm', 4, \(digest), 1, 'CT1', 'a', 'received', id < 6 FROM study;
        INSERT INTO job (id, key, study, revision, bundle, settings, state, tries, worker, lease_until, reason, created_at,
                finished_at) VALUES
            (1, 'a', 1, 1, 'b', 's', 'waiting', 1, NULL, NULL, 'it failed', 1000, NULL),
            (2, 'b', 2, 1, 'b', 's', 'running', 2, 'w', 99, NULL, 1000, NULL),
            (3, 'c', 3, 1, 'b', 's', 'superseded', 0, NULL, NULL, 'revision 2 took its place', 1000, 1001),
            (4, 'd', 3, 2, 'b', 's', 'done', 1, NULL, NULL, NULL, 1000, 1001),
            (5, 'e', 4, 1, 'b', 's', 'parked', 3, NULL, NULL, 'x', 1000, 1001),
            (6, 'f', 5, 1, 'b', 's', 'superseded', 0, NULL, NULL, 'dropped by the operator', 1000, 1001);
        INSERT INTO job_object SELECT id, study FROM job;
        INSERT INTO finding (job, outcome, json) VALUES (4, 'normal', '{}');
        INSERT INTO object (id, study, sop_instance, sop_class, series, transfer_syntax, path, bytes, sha256, received_at,
            calling_ae, association, origin, image)
            VALUES (7, 3, '2.25.3', '1.2.840.10008.5.1.4.1.1.88.22', '1.2', '1.2.840.10008.1.2.1',
                'results/20260101/7.dcm', 4, \(digest), 1, '', '', 'result', 0);
        INSERT INTO result (job, object, kind) VALUES (4, 7, 'report');
        INSERT INTO outgoing (job, destination, kind, object, state, tries, next_try, last_error) VALUES
            (4, 'a', 'report', 7, 'delivered', 1, 5, NULL), (4, 'b', 'report', 7, 'waiting', 2, 5, 'down');
        INSERT INTO aside (object, transfer_syntax, path, bytes, sha256, received_at, calling_ae, association, state, worker,
            lease_until, tries) VALUES (1, '1.2.840.10008.1.2.1', 'objects/20260101/8.dcm', 4, \(digest), 1, 'CT1', 'a',
                'waiting', 'w', 99, 1);
        """

    private func earlierStore(in folder: URL) throws {
        for name in ["incoming", "objects/20260101", "results/20260101", "strays"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        for number in 1...8 {
            let place = number == 7 ? "results" : "objects"
            try Data("file".utf8).write(to: folder.appending(path: "\(place)/20260101/\(number).dcm"))
        }
        let database = try DatabaseQueue(path: folder.appending(path: "hilum.sqlite").path)
        try Schema.migrator.migrate(database, upTo: "findings without triage")
        try database.write { try $0.execute(sql: Self.rows) }
        try database.close()
    }

    @Test("Every row comes over, and what was held or open is free again")
    func rowsComeOver() async throws {
        try await Workplace.inTemporaryFolder { folder async throws in
            try earlierStore(in: folder)
            let store = try Store(folder: folder, role: .gateway)
            #expect(!store.node.isEmpty)
            let jobs = try store.jobs()
            #expect(jobs.reversed().map(\.state) == [.waiting, .waiting, .superseded, .done, .parked, .dropped])
            #expect(jobs.reversed().map(\.failures) == [1, 1, 0, 1, 3, 0])
            #expect(jobs.allSatisfy { $0.worker == nil })
            #expect(try store.openStudies().map(\.opening) == [.forced])
            #expect(try store.deliveries().map(\.state) == [.waiting, .delivered])
            #expect(try store.deliveries(in: [.waiting]).map(\.lastError) == ["down"])
            #expect(try store.asideObjects().map(\.state) == [.waiting])
            #expect(try store.findings(of: UID(known: "1.2.3")) == ["{}"])
            #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM job_image") } == 6)
        }
    }

    @Test("What an earlier version left open becomes a revision, and is finished")
    func openWorkIsFinished() async throws {
        try await Workplace.inTemporaryFolder { folder async throws in
            try earlierStore(in: folder)
            let store = try Store(folder: folder, role: .gateway)
            #expect(try store.recover(recipe: recipe).isClean)
            let open = try store.openStudies().map(\.uid.string)
            #expect(open == ["1.2.1", "1.2.2", "1.2.5"])
            for study in try store.openStudies() {
                #expect(try store.closeStudy(study.uid, recipe: recipe) == .job(revision: 2))
            }
            let owner = Owner(node: store.node, worker: "w")
            for number in 1...3 {
                let job = try #require(try store.claimJob(by: owner, recipe: recipe, lease: 60))
                #expect(job.images.count == 1)
                try store.complete(job: job, with: .sample("2.25.9\(number)"))
            }
            #expect(try store.claimJob(by: owner, recipe: recipe, lease: 60) == nil)
            #expect(try store.studies(StudyFilter(states: [.analysed])).count == 4)
            #expect(try store.decide(.retry, study: UID(known: "1.2.4")) == 1)
            #expect(try store.openStudies().map(\.opening) == [.renewal])
        }
    }
}
