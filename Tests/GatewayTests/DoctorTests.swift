import DICOMCore
import DIMSE
import Foundation
import HilumTesting
import Logging
import Testing
import Workflow

@testable import Gateway
@testable import GatewayStore

/// Each line says what it looked at, and a bad one what to do.
struct DoctorTests {
    private static func certificate(_ name: String, in folder: URL, days: Int = 90) throws {
        let made = try #require(Tool("openssl")).run([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "\(days)", "-keyout",
            folder.appending(path: "\(name).key").path, "-out", folder.appending(path: "\(name).pem").path,
        ])
        try #require(made.status == 0, "\(made.all)")
    }

    private func configuration(_ yaml: String, in folder: URL) throws -> GatewayConfiguration {
        try GatewayConfiguration(yaml: yaml, file: folder.appending(path: "hilum.yaml").path)
    }

    // MARK: Certificates

    @Test(
        "A certificate is good, near its end, expired or not valid yet by the clock",
        .enabled(if: Tool("openssl") != nil),
        arguments: [
            (0.5, .ok, "holds until"), (80, .warning, "expires on"), (91, .error, "expired on"),
            (-2, .error, "holds only from"),
        ] as [(Double, DoctorLine.State, String)])
    func certificateTerms(days: Double, state: DoctorLine.State, words: String) throws {
        try Workplace.withTemporaryFolder { folder in
            try Self.certificate("a", in: folder)
            let configuration = try configuration("node: {tls: {certificate: a.pem, key: a.key}}", in: folder)
            let line = try #require(Doctor(configuration, now: Date() + days * 86_400).certificates().first)
            #expect(line.state == state && line.says.contains(words) && line.says.contains("a.pem"), "\(line)")
            #expect(line.name == "node.tls certificate")
            if state != .ok {
                #expect(try Troubleshooting.names(line.says, for: "DoctorTests.certificateTerms"), "\(line.says)")
            }
        }
    }

    @Test("Further listeners' certificates are looked at too", .enabled(if: Tool("openssl") != nil))
    func listeners() throws {
        try Workplace.withTemporaryFolder { folder in
            try Self.certificate("a", in: folder)
            let configuration = try configuration(
                "listeners: [{port: 2762, tls: {certificate: a.pem, key: a.key}}]", in: folder)
            let lines = Doctor(configuration, now: Date() + 91 * 86_400).certificates()
            #expect(lines.map(\.name) == ["listeners[1].tls certificate"] && lines.map(\.state) == [.error])
            #expect(configuration.certificateExpiries.map(\.use) == ["listener 2762"])
        }
    }

    @Test(
        "A key of another certificate and a trust file that is none are errors that name the file",
        .enabled(if: Tool("openssl") != nil))
    func filesThatDoNotFit() throws {
        try Workplace.withTemporaryFolder { folder in
            for name in ["a", "b"] { try Self.certificate(name, in: folder) }
            try Data("no certificate".utf8).write(to: folder.appending(path: "trust.pem"))
            let key = try configuration("node: {tls: {certificate: a.pem, key: b.key}}", in: folder)
            let trust = try configuration(
                "destinations: [{name: p, host: h, port: 1, ae_title: P, tls: {trust: trust.pem}}]", in: folder)
            for (configuration, file) in [(key, "b.key"), (trust, "trust.pem")] {
                let lines = Doctor(configuration).certificates()
                #expect(lines.map(\.state) == [.error] && lines[0].says.contains(file), "\(lines)")
                #expect(
                    try Troubleshooting.names(lines[0].says, for: "DoctorTests.filesThatDoNotFit"), "\(lines[0].says)")
            }
        }
    }

    // MARK: Machine

    @Test("A port is free, another program's, or the running node's")
    func ports() async throws {
        try await withNode { node async throws in
            let listener = try Self.listener(in: node)
            let port = try await listener.bind()
            var configuration = GatewayConfiguration()
            configuration.node.host = "127.0.0.1"
            configuration.node.port = port
            configuration.storage.folder = node.folder.appending(path: "other").path
            let other = Doctor(configuration).ports()[0]
            #expect(other.state == .error && other.says.contains("taken by another program"), "\(other)")
            #expect(try Troubleshooting.names(other.says, for: "DoctorTests.ports"), "\(other.says)")
            configuration.storage.folder = node.folder.appending(path: "data").path
            #expect(Doctor(configuration).ports()[0].says.contains("is the running node's"))
            await listener.close(grace: .seconds(1))
            let changed = Doctor(configuration).ports()[0]
            #expect(changed.state == .warning && changed.says.contains("does not listen"), "\(changed)")
            try node.store.close()
            #expect(Doctor(configuration).ports()[0].state == .ok)
        }
    }

    private static func listener(in node: Node, _ change: (inout GatewayConfiguration) -> Void = { _ in }) throws
        -> AssociationListener
    {
        var configuration = GatewayConfiguration()
        configuration.node.host = "127.0.0.1"
        configuration.node.port = 0
        change(&configuration)
        return AssociationListener(
            configuration: configuration.ports[0],
            provider: SpoolReceiverProvider(reception: Reception(store: node.store), logger: quiet), logger: quiet)
    }

    @Test("Further listeners' ports and peers are looked at too")
    func furtherListeners() async throws {
        try await withNode { node async throws in
            let listener = try Self.listener(in: node)
            let port = try await listener.bind()
            let configuration = try configuration(
                """
                node: {port: 0}
                peers: [{ae_title: CT1}]
                listeners: [{port: \(port), host: 127.0.0.1, peers: [{ae_title: CT2}]}]
                storage: {folder: other}
                """, in: node.folder)
            let taken = Doctor(configuration).ports()[1]
            #expect(taken.name == "listeners[1].port" && taken.says.contains("taken by another program"), "\(taken)")
            #expect(configuration.knownPeers.map(\.string) == ["CT1", "CT2"])
            await listener.close(grace: .seconds(1))
        }
    }

    @Test(
        "Why a port can't be bound is said in what to do",
        arguments: [(EADDRINUSE, "ss -ltnp"), (EACCES, "CAP_NET_BIND_SERVICE"), (EADDRNOTAVAIL, "no address h")])
    func portFaults(code: Int32, words: String) {
        let text = ListenerFault.sentence(host: "h", port: 104, code: code)
        #expect(text.contains(words) && text.contains("h"), "\(text)")
    }

    @Test("The listener says the same when its port is taken, or its address is another machine's")
    func boundTwice() async throws {
        try await withNode { node async throws in
            let first = try Self.listener(in: node)
            let port = try await first.bind()
            for (host, words) in [
                ("127.0.0.1", "taken by another program"), ("192.0.2.1", "no address 192.0.2.1"),
                ("node..invalid", "no address node..invalid"),
            ] {
                let second = try Self.listener(in: node) {
                    $0.node.port = port
                    $0.node.host = host
                }
                let error = await #expect(throws: UpperLayerError.self) { try await second.bind() }
                let text = "\(error.map { "\($0)" } ?? "")"
                #expect(text.contains(words))
                #expect(try Troubleshooting.names(text, for: "DoctorTests.boundTwice"), "\(text)")
            }
            await first.close(grace: .seconds(1))
        }
    }

    @Test("Receivers of notices want curl: without it they are an error, and each try fails to be made again")
    func notices() throws {
        #expect(Doctor(GatewayConfiguration()).notices(CurlSender(path: "/nowhere")).isEmpty)
        let configuration = try GatewayConfiguration(
            yaml: "notices: [{name: a, webhook: 'https://pager.example'}]", file: "f")
        let doctor = Doctor(configuration)
        let without = doctor.notices(CurlSender(path: "/nowhere"))
        #expect(without.map(\.state) == [.error] && without[0].says.contains("apt install curl"), "\(without)")
        try Workplace.withTemporaryFolder { folder in
            let curl = folder.appending(path: "curl")
            try Data("#!/bin/sh\n".utf8).write(to: curl)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: curl.path)
            let with = doctor.notices(CurlSender(path: "/nowhere:\(folder.path)"))
            #expect(with.map(\.state) == [.ok] && with[0].says.contains(curl.path), "\(with)")
        }
        let record = NoticeRecord(
            id: 1, receiver: "a", study: try #require(UID("1.2.3")), revision: 1,
            subject: NoticeRule.Subject(outcome: "covid19", confidence: 0.9, triage: 2), state: .waiting,
            createdAt: Date(timeIntervalSince1970: 0), tries: 0, nextTry: Date(timeIntervalSince1970: 0))
        let outcome = CurlSender(path: "/nowhere").send(
            NoticeMessage(record, node: "HILUM", store: "1.2", patient: nil), by: configuration.notices[0].way,
            at: Date(timeIntervalSince1970: 0))
        #expect(outcome == .failed("notices: \(CurlSender.missing)"))
    }

    @Test("Less room than must stay free is an error, less than half more a warning")
    func space() throws {
        var configuration = GatewayConfiguration()
        configuration.storage.folder = "/tmp/hilum-doctor"
        let free = Int(try POSIXFileSystem().freeBytes("/tmp"))
        configuration.storage.lowWatermark = free * 2
        let full = Doctor(configuration).space()
        #expect(full.state == .error && full.says.contains("0xA700"), "\(full)")
        #expect(try Troubleshooting.names(full.says, for: "DoctorTests.space"), "\(full.says)")
        configuration.storage.lowWatermark = free / 5 * 4
        #expect(Doctor(configuration).space().state == .warning)
        configuration.storage.lowWatermark = 0
        #expect(Doctor(configuration).space().state == .ok)
    }

    @Test func aLimitOfOpenFilesThatIsTooLowForTheAssociationsIsAnError() throws {
        let doctor = Doctor(GatewayConfiguration())
        #expect(doctor.openFiles(limit: 65_536).state == .ok)
        let low = doctor.openFiles(limit: 200)
        #expect(low.state == .error && low.says.contains("LimitNOFILE="), "\(low)")
        #expect(
            try Troubleshooting.names(
                low.says, for: "DoctorTests.aLimitOfOpenFilesThatIsTooLowForTheAssociationsIsAnError"), "\(low.says)")
    }

    @Test("A clock that is behind the record's last line, or before Hilum's own days, is an error")
    func clock() throws {
        let now = Date(timeIntervalSince1970: 1_790_000_000)
        let doctor = Doctor(GatewayConfiguration(), now: now)
        #expect(doctor.clock(newest: nil).state == .ok && doctor.clock(newest: now + 30).state == .ok)
        let behind = doctor.clock(newest: now + 3600)
        #expect(behind.state == .error && behind.says.contains("was put back"), "\(behind)")
        #expect(try Troubleshooting.names(behind.says, for: "DoctorTests.clock"), "\(behind.says)")
        #expect(Doctor(GatewayConfiguration(), now: Date(timeIntervalSince1970: 0)).clock(newest: nil).state == .error)
    }

    @Test("A start under a clock that was put back says so in the log, and goes on")
    func clockAtStart() async throws {
        try await withNode { node async throws in
            node.calendar.advance(10 * 365 * 86_400)
            try node.store.note(.started, "from the future")
            let log = LogDouble()
            var configuration = GatewayConfiguration()
            configuration.node.host = "127.0.0.1"
            configuration.node.port = 0
            let running = GatewayNode(
                configuration, store: node.store, recipe: recipe, launcher: NoWorkers(), transcoder: nil,
                logger: Logger(label: "test") { _ in log })
            let isReady = AsyncStream<Void>.makeStream()
            let task = Task { [configuration] in
                try await running.run(reload: { configuration }, ready: { _ in isReady.continuation.yield() })
            }
            for await _ in isReady.stream { break }
            let line = log.all.first { $0.hasPrefix("warning: clock: ") } ?? ""
            #expect(try Troubleshooting.names(line, for: "DoctorTests.clockAtStart"), "\(log.all)")
            task.cancel()
            _ = await task.result
        }
    }

    private struct NoWorkers: WorkerLauncher {
        func launch(name: String, said: @escaping @Sendable (String) -> Void) throws -> any RunningWorker {
            throw GatewayError.worker("none here")
        }
    }

    // MARK: Store

    @Test("A folder whose files are two users' is an error that names both", .enabled(if: geteuid() == 0))
    func owners() async throws {
        try await withNode { node async throws in
            var configuration = GatewayConfiguration()
            configuration.storage.folder = node.folder.appending(path: "data").path
            #expect(Doctor(configuration).folders().map(\.state) == [.ok])
            try FileManager.default.setAttributes(
                [.ownerAccountID: 65_534], ofItemAtPath: node.store.layout.database)
            let line = try #require(Doctor(configuration).folders().first)
            #expect(line.state == .error && line.says.contains("chown") && line.says.contains("root"), "\(line)")
            #expect(try Troubleshooting.names(line.says, for: "DoctorTests.owners"), "\(line.says)")
        }
    }

    @Test func aDatabaseSaysWhatItHoldsAndADamagedOneWhatToDo() async throws {
        try await withNode { node async throws in
            var configuration = GatewayConfiguration()
            configuration.storage.folder = node.folder.appending(path: "data").path
            try await node.receive("1.2.3.1")
            try node.close("1.2.3")
            let good = try #require(Doctor(configuration).database().last)
            #expect(good.state == .ok && good.says.contains("1 studies, 1 jobs and deliveries wait"), "\(good)")
            try node.store.close()
            for suffix in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: node.store.layout.database + suffix)
            }
            try Data("This is no database, whatever its name says.".utf8)
                .write(to: URL(filePath: node.store.layout.database))
            let damaged = try #require(Doctor(configuration).database().last)
            #expect(damaged.state == .error && damaged.says.contains("hilum storage check --repair"), "\(damaged)")
            #expect(
                try Troubleshooting.names(
                    damaged.says, for: "DoctorTests.aDatabaseSaysWhatItHoldsAndADamagedOneWhatToDo"), "\(damaged.says)")
            configuration.storage.folder = node.folder.appending(path: "none").path
            #expect(Doctor(configuration).database().map(\.state) == [.ok, .ok])
        }
    }

    // MARK: Destinations

    @Test(
        "Each destination is asked as the node would: who is not there, knows no such title or wants TLS is an error",
        .enabled(if: Tool("openssl") != nil))
    func destinations() async throws {
        try await withNode { node async throws in
            try Self.certificate("a", in: node.folder)
            let plain = try Self.listener(in: node)
            let secret = try Self.listener(in: node) {
                $0.node.tls = TLSSettings(
                    certificateFile: node.folder.appending(path: "a.pem").path,
                    privateKeyFile: node.folder.appending(path: "a.key").path, verification: .none)
            }
            let (open, tls, closed) = (try await plain.bind(), try await secret.bind(), try Peer.freePort())
            let yaml = """
                destinations:
                  - {name: good, host: 127.0.0.1, port: \(open), ae_title: HILUM}
                  - {name: title, host: 127.0.0.1, port: \(open), ae_title: OTHER}
                  - {name: gone, host: 127.0.0.1, port: \(closed), ae_title: HILUM}
                  - {name: tls, host: 127.0.0.1, port: \(tls), ae_title: HILUM, tls: {trust: a.pem, verify: certificate}}
                  - {name: stranger, host: 127.0.0.1, port: \(tls), ae_title: HILUM, tls: {verify: certificate}}
                  - {name: silent, host: 127.0.0.1, port: \(tls), ae_title: HILUM}
                """
            let lines = await Doctor(try configuration(yaml, in: node.folder)).destinations(.seconds(5))
            #expect(
                lines.map(\.name) == ["good", "title", "gone", "tls", "stranger", "silent"].map { "destination \($0)" })
            #expect(lines.map(\.state) == [.ok, .error, .error, .ok, .error, .error], "\(lines)")
            #expect(lines[1].says.contains("called AE title not recognized; check the title"))
            for line in lines where line.state == .error {
                #expect(try Troubleshooting.names(line.says, for: "DoctorTests.destinations"), "\(line)")
            }
            #expect(lines[2].says.contains("check that the peer runs, its address and the firewall"))
            #expect(lines[4].says.contains("trust each other's certificates"), "\(lines[4])")
            await plain.close(grace: .seconds(1))
            await secret.close(grace: .seconds(1))
        }
    }
}
