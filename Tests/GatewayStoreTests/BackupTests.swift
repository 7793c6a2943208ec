import DICOMCore
import Foundation
import GRDB
import HilumTesting
import Testing
import Workflow

@testable import GatewayStore

/// A backup is whole or says that it isn't, and what comes of it is the node as it was.
struct BackupTests {
    /// A store with a reported study, a study whose job waits, and an object set aside.
    private func fill(_ bench: Bench) async throws {
        try bench.store.setDestinations([
            DestinationRecord(name: "a", kinds: [.report], reportClasses: OutboxTests.kinds)
        ])
        try bench.store.complete(job: try await bench.claimedJob(), with: .sample())
        let waiting = SentObject(sopInstance: UID(known: "1.2.4.1"), study: UID(known: "1.2.4"))
        _ = try await waiting.send(to: bench.reception())
        _ = try bench.store.closeStudy(waiting.study, recipe: recipe)
        _ = try await SentObject(pixels: 32).send(to: bench.reception())
    }

    private func withFilledBench(_ body: (Bench, _ place: URL) async throws -> Void) async throws {
        try await withBench { bench async throws in
            try await fill(bench)
            try await Workplace.inTemporaryFolder { try await body(bench, $0) }
        }
    }

    private func backUp(_ bench: Bench, to folder: URL, mayLink: Bool = true) throws -> BackupReport {
        try bench.store.backUp(to: folder, mayLink: mayLink, software: "test")
    }

    private func files(in folder: URL) throws -> [URL] {
        try ["objects", "results"].flatMap { top in
            try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: top).path)
                .filter { $0.hasSuffix(".dcm") }.map { folder.appending(path: "\(top)/\($0)") }
        }.sorted { $0.path < $1.path }
    }

    private func damage(_ file: URL) throws {
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: file)
    }

    // MARK: Making

    @Test("The manifest has every file with its length and the digest that sha256sum gives", arguments: [true, false])
    func manifest(mayLink: Bool) async throws {
        try await withFilledBench { bench, place in
            let report = try backUp(bench, to: place, mayLink: mayLink)
            #expect(report.files == 5 && report.studies == 2 && report.damaged.isEmpty && report.missing.isEmpty)
            #expect(mayLink ? report.linked == 5 : report.copied == 5)
            let manifest = try #require(
                BackupManifest(try Data(contentsOf: place.appending(path: "manifest.json"))))
            #expect(manifest.files.count == 6 && manifest.deviceUID == bench.store.deviceUID.string)
            let lines = manifest.files.map { "\($0.sha256)  \($0.path)\n" }.joined()
            let sums = place.appending(path: "sums")
            try Data(lines.utf8).write(to: sums)
            let checked = try #require(Tool("sha256sum")).run(["--strict", "--check", "sums"], in: place)
            #expect(checked.status == 0, "\(checked.all)")
            for file in manifest.files {
                let size = try FileManager.default.attributesOfItem(atPath: place.appending(path: file.path).path)[
                    .size]
                #expect(size as? Int64 == file.bytes)
            }
        }
    }

    @Test("A second backup leaves what is right, copies a damaged file again and removes what no row names")
    func incremental() async throws {
        try await withFilledBench { bench, place in
            _ = try backUp(bench, to: place, mayLink: false)
            let file = try #require(try files(in: place).first)
            try damage(file)
            try Data("old".utf8).write(to: file.deletingLastPathComponent().appending(path: "old.dcm"))
            let report = try backUp(bench, to: place, mayLink: false)
            #expect(report.kept == 4 && report.copied == 1 && report.removed == 1)
            #expect(try files(in: place).count == 5)
        }
    }

    @Test("A backup that broke off is no backup until it is gone on with, and begins with what was there")
    func brokenOff() async throws {
        try await withFilledBench { bench, place in
            let last = try #require(try bench.spooled().filter { $0.hasPrefix("results/") }.max())
            let obstacle = place.appending(path: "\(last)/x")
            try Data().write(to: place.appending(path: "INCOMPLETE"))
            try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: true)
            #expect(throws: StoreError.self) { try backUp(bench, to: place) }
            try await Workplace.inTemporaryFolder { other in
                #expect(throws: BackupError.incomplete(path: place.path)) {
                    try Store.restore(other, from: place, replaces: false)
                }
            }
            try FileManager.default.removeItem(at: obstacle.deletingLastPathComponent())
            let report = try backUp(bench, to: place)
            #expect(report.kept == 4 && report.linked == 1)
        }
    }

    @Test("Objects that come and results that are made meanwhile leave a backup that is whole")
    func whileItRuns() async throws {
        try await withFilledBench { bench, place in
            for number in 1...5 {
                async let sent: Void = {
                    for image in 1...10 {
                        let uid = try #require(UID("1.2.5.\(number).\(image)"))
                        _ = try await SentObject(sopInstance: uid, study: UID(known: "1.2.5")).send(
                            to: bench.reception())
                    }
                }()
                _ = try backUp(bench, to: place)
                try await sent
                try await Workplace.inTemporaryFolder { other in
                    _ = try Store.restore(other, from: place, replaces: false)
                    #expect(try Store.check(other, isDeep: true).problems.isEmpty)
                }
            }
        }
    }

    @Test func whatTheNodeItselfMissesOrHasDamagedIsSaid() async throws {
        try await withFilledBench { bench, place in
            let spooled = try bench.spooled().filter { $0.hasPrefix("objects/") }.sorted()
            try FileManager.default.removeItem(at: bench.folder.appending(path: spooled[0]))
            try damage(bench.folder.appending(path: spooled[1]))
            let report = try backUp(bench, to: place)
            #expect(report.missing == [spooled[0]] && report.damaged == [spooled[1]])
        }
    }

    @Test func aFolderOfOthersAndTheStoresOwnAreNoPlaces() async throws {
        try await withFilledBench { bench, place in
            try Data("x".utf8).write(to: place.appending(path: "thesis.txt"))
            #expect(throws: BackupError.notABackup(path: place.path)) { try backUp(bench, to: place) }
            let none = place.appending(path: "none")
            #expect(throws: BackupError.noBackup(path: none.path)) {
                try Store.restore(place.appending(path: "new"), from: none, replaces: false)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["thesis.txt"])
            for inside in [bench.folder.appending(path: "objects/backup"), bench.folder.deletingLastPathComponent()] {
                #expect(throws: BackupError.self) { try backUp(bench, to: inside) }
            }
        }
    }

    @Test("What the page says of backups is what is said")
    func sentences() throws {
        let errors: [BackupError] = [
            .notABackup(path: "/b"), .noBackup(path: "/b"), .incomplete(path: "/b"),
            .damaged(path: "/b", files: ["f has other bytes"]), .overlaps(path: "/b", store: "/s"),
            .storeNotEmpty(path: "/s"), .notEnoughRoom(path: "/b", free: 1, wanted: 2), .neverStill(path: "/b"),
        ]
        for error in errors {
            #expect(try Troubleshooting.names("\(error)", for: "BackupTests.sentences"), "\(error)")
        }
    }

    // MARK: Restoring

    @Test("What is restored is the node as it was: the same results, and open work goes on under its old names")
    func restored() async throws {
        try await withFilledBench { bench, place in
            let results = try bench.store.results(of: SentObject().study).map(\.object)
            let deliveries = try bench.store.deliveries()
            _ = try backUp(bench, to: place)
            try await Workplace.inTemporaryFolder { elsewhere in
                let report = try Store.restore(elsewhere, from: place, replaces: false)
                #expect(report.files == 5 && report.formerStore == nil && report.studies == 2)
                let store = try Store(folder: elsewhere, role: .gateway, now: { [clock = bench.clock] in clock.now })
                #expect(try store.recover(recipe: recipe).isClean)
                #expect(store.deviceUID == bench.store.deviceUID && store.node == bench.store.node)
                let again = try store.results(of: SentObject().study).map(\.object)
                #expect(again.map(\.sopInstance) == results.map(\.sopInstance))
                for (one, other) in zip(again, results) {
                    #expect(try Data(contentsOf: one.file) == Data(contentsOf: other.file))
                }
                #expect(try store.deliveries().map(\.object.sopInstance) == deliveries.map(\.object.sopInstance))
                let open = try store.claimJob(by: Owner(node: store.node, worker: "w"), recipe: recipe, lease: 60)
                let job = try #require(open)
                #expect(job.study == UID(known: "1.2.4") && job.revision == 1)
                #expect(try bench.store.jobs(of: job.study).map(\.createdAt) == [job.createdAt])
                try store.close()
            }
        }
    }

    @Test("A damaged or shortened file, or one that is gone, keeps all of a backup from being restored")
    func damagedBackup() async throws {
        try await withFilledBench { bench, place in
            let spoil: [(URL) throws -> Void] = [
                damage, { try Data(contentsOf: $0).dropLast().write(to: $0) },
                { try FileManager.default.removeItem(at: $0) },
            ]
            for (number, change) in spoil.enumerated() {
                _ = try backUp(bench, to: place, mayLink: false)
                let file = number == 0 ? place.appending(path: "hilum.sqlite") : try #require(try files(in: place).last)
                try change(file)
                let target = place.appending(path: "../restored-\(number)-\(UUID())").standardizedFileURL
                let error = #expect(throws: BackupError.self) {
                    try Store.restore(target, from: place, replaces: false)
                }
                #expect("\(error.map { "\($0)" } ?? "")".contains(file.lastPathComponent))
                #expect(!FileManager.default.fileExists(atPath: target.path))
            }
        }
    }

    @Test("A store that is there stays, and is kept aside where its place is to be taken")
    func replacing() async throws {
        try await withFilledBench { bench, place in
            _ = try backUp(bench, to: place)
            _ = try await SentObject(sopInstance: UID(known: "1.2.6.1"), study: UID(known: "1.2.6"))
                .send(to: bench.reception())
            #expect(throws: StoreError.folderInUse(path: bench.folder.path)) {
                try Store.restore(bench.folder, from: place, replaces: true)
            }
            try bench.store.close()
            #expect(throws: BackupError.storeNotEmpty(path: bench.folder.path)) {
                try Store.restore(bench.folder, from: place, replaces: false)
            }
            let report = try Store.restore(bench.folder, from: place, replaces: true)
            let former = try Store(folder: URL(filePath: try #require(report.formerStore)), role: .guest)
            #expect(try former.study(UID(known: "1.2.6")) != nil && former.studies().count == 3)
            #expect(try Store.check(URL(filePath: try #require(report.formerStore)), isDeep: true).problems.isEmpty)
            try former.close()
            #expect(try Store.check(bench.folder, isDeep: true).problems.isEmpty)
            let store = try bench.reopened()
            #expect(try store.studies().count == 2)
            #expect(try store.events().contains { $0.text.hasPrefix("restored from a backup of") })
        }
    }

    @Test func aDatabaseOfANewerVersionIsNotRestored() async throws {
        try await withFilledBench { bench, place in
            try bench.store.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v99')")
            }
            _ = try backUp(bench, to: place)
            try await Workplace.inTemporaryFolder { other in
                #expect(throws: StoreError.newerSchema(path: place.appending(path: "hilum.sqlite").path)) {
                    try Store.restore(other, from: place, replaces: false)
                }
            }
        }
    }

    @Test(
        "A manifest leads nowhere but into the store",
        arguments: ["../x.dcm", "/etc/x", "objects/../../x", "objects/1/.x"])
    func hostileManifest(path: String) async throws {
        try await withFilledBench { bench, place in
            _ = try backUp(bench, to: place)
            let file = place.appending(path: "manifest.json")
            var manifest = try #require(BackupManifest(try Data(contentsOf: file)))
            manifest.files[1].path = path
            try manifest.encoded().write(to: file)
            try await Workplace.inTemporaryFolder { other in
                #expect(throws: BackupError.notABackup(path: place.path)) {
                    try Store.restore(other, from: place, replaces: false)
                }
            }
        }
    }
}
