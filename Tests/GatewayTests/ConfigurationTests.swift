import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import HilumTesting
import Testing
import Workflow

@testable import Gateway

struct ConfigurationTests {
    private func problem(_ yaml: String) -> String? {
        do {
            _ = try GatewayConfiguration(yaml: yaml, file: "/etc/hilum.yaml")
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func anEmptyFileIsTheDefault() throws {
        let configuration = try GatewayConfiguration(yaml: "", file: "f")
        #expect(configuration.node.titles == [AETitle(known: "HILUM")])
        #expect(configuration.node.port == 11112)
        #expect(configuration.storage.folder == "./hilum-data")
        #expect(configuration.yaml == GatewayConfiguration().yaml)
    }

    @Test func problemsNameFileLineAndKey() {
        #expect(
            problem("node:\n  prot: 1") == """
                /etc/hilum.yaml:2: node.prot: is no key of this section, port may be meant; it has ae_titles, host, limits, port, tls
                """)
        #expect(problem("nodes: {}")?.hasPrefix("/etc/hilum.yaml:1: nodes: is no key") == true)
        #expect(
            problem("node:\n  host: h\n  ae_titles: [A_TITLE_THAT_IS_TOO_LONG]")?.hasPrefix(
                "/etc/hilum.yaml:3: node.ae_titles: 'A_TITLE_THAT_IS_TOO_LONG' is no AE title") == true)
        #expect(
            problem("storage:\n  folder: /nowhere/at/all")?.hasPrefix("/etc/hilum.yaml:2: storage.folder: there is no")
                == true)
        #expect(problem("analysis:\n\n  bundle: /nowhere")?.hasPrefix("/etc/hilum.yaml:3: analysis.bundle:") == true)
        #expect(problem("node: {port: 70000}")?.contains("node.port: must be a whole number from 0 to 65535") == true)
        #expect(
            problem("node:\n  port: 1\n  port: 2")
                == "/etc/hilum.yaml:3: node.port: stands in this section before, in line 2; keep one")
        #expect(problem("node: [")?.hasPrefix("/etc/hilum.yaml:") == true)
        #expect(problem("node: 3")?.contains("node: must hold keys and values") == true)
        #expect(
            problem("peers:\n  - {ae_title: CT1, addresses: [10.0.0.0/99]}")?.contains(
                ":2: peers[1].addresses: '10.0.0.0/99'") == true)
        #expect(
            problem("destinations:\n  - {name: p, host: h, ae_title: P}")?.contains(
                "destinations[1].port: is missing") == true)
        #expect(problem("assembly: {quiet_seconds: 60, longest_wait_seconds: 30}")?.contains("shorter") == true)
        #expect(problem("analysis: {precision: f64}")?.contains("precision: is f32, bf16, int8 or auto") == true)
        #expect(problem("storage: {low_watermark: 9000000000000 GiB}")?.contains("low_watermark") == true)
        #expect(
            problem("analysis: {time_zone: Mars}")?.contains("analysis.time_zone: is a name of the tz database") == true
        )
        #expect(problem("analysis: {language: xx}")?.contains("analysis.language: is en, de, fr or es") == true)
        for language in ["en", "de", "fr", "es"] { #expect(problem("analysis: {language: \(language)}") == nil) }
    }

    @Test("Each listener has its port, its TLS and its peers; what it does not say is the node's")
    func listeners() throws {
        let yaml = """
            node: {host: 127.0.0.1, port: 104}
            peers: [{ae_title: CT1}]
            listeners:
              - {port: 2104}
              - {port: 2105, host: 10.0.0.1, peers: [{ae_title: CLINIC, addresses: [10.0.0.0/8]}]}
            """
        let configuration = try GatewayConfiguration(yaml: yaml, file: "f")
        #expect(configuration.ports.map(\.port) == [104, 2104, 2105])
        #expect(configuration.ports.map(\.host) == ["127.0.0.1", "127.0.0.1", "10.0.0.1"])
        #expect(configuration.ports.map { $0.policy.peers.map(\.title.string) } == [["CT1"], ["CT1"], ["CLINIC"]])
        let again = try GatewayConfiguration(yaml: configuration.yaml, file: "f")
        #expect(again.yaml == configuration.yaml && again.ports.map(\.port) == [104, 2104, 2105])
        #expect(
            problem("node: {port: 104}\nlisteners: [{port: 104}]")?.contains("listeners: port 104 is taken") == true)
        #expect(problem("listeners: [{host: h}]")?.contains("listeners[1].port: is missing") == true)
        #expect(problem("listeners: [{port: 1, peers: []}]")?.contains("listeners[1].peers: is empty") == true)
    }

    @Test("Receivers of notices are read, shown and read the same, and mistakes in them are named")
    func notices() throws {
        try Workplace.withTemporaryFolder { folder in
            let secret = folder.appending(path: "secret").path
            try Data("x".utf8).write(to: URL(filePath: secret))
            let yaml = """
                notices:
                  - {name: pager, webhook: "https://pager.example/a", secret_file: \(secret), levels: [1, 2]}
                  - name: ward
                    mail: {server: "smtp://mail.example:587", from: a@b.example, to: [c@d.example], user: u, password_file: \(secret)}
                    outcomes: [covid19, review]
                    identify: true
                """
            let configuration = try GatewayConfiguration(yaml: yaml, file: "f")
            #expect(configuration.notices.map(\.rule.levels) == [[1, 2], []])
            #expect(configuration.notices.map(\.rule.outcomes) == [[], ["covid19", "review"]])
            guard case .mail(let mail) = configuration.notices[1].way else {
                Issue.record("\(configuration.notices)")
                return
            }
            #expect(mail.needsTLS, "a password goes over TLS unless it is said otherwise")
            #expect(try GatewayConfiguration(yaml: configuration.yaml, file: "f").notices == configuration.notices)
            let mistakes = [
                ("{name: a}", "give either webhook or mail"),
                ("{name: a, webhook: ftp://h}", "begins with http:// or https://"),
                ("{name: a, webhook: 'https://u:p@h/'}", "is no address"),
                ("{name: a, webhook: 'http://h/', identify: true}", "unencrypted"),
                ("{name: a, webhook: 'http://h/', levels: [5]}", "levels: '5' is no level"),
                ("{name: a, mail: {server: 'smtp://h', from: a@b, to: []}}", "to: is missing"),
                ("{name: a, mail: {server: 'smtp://h', from: a@b, to: ['a@b, c@d']}}", "is no mail address"),
                ("{name: a, mail: {server: 'smtp://h', from: a@b, to: [c@d], user: u}}", "password_file: is missing"),
            ]
            for (text, said) in mistakes {
                let answer = problem("notices:\n  - \(text)")
                #expect(answer?.contains(said) == true, "\(text): \(answer ?? "no error")")
            }
        }
    }

    /// It would be rejected for ever, because nobody asks it for one.
    @Test func aPeersCertificateWantsAListenerThatAsksForIt() throws {
        try Workplace.withTemporaryFolder { folder in
            let pem = folder.appending(path: "ct1.pem")
            try "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                .write(to: pem, atomically: true, encoding: .utf8)
            let peer = "peers:\n  - {ae_title: CT1, certificate: \(pem.path)}"
            let why = "peers[1].certificate: no peer is asked for one: set node.tls.verify to certificate"
            let tls = { (verify: String) in
                "node: {tls: {certificate: \(pem.path), key: \(pem.path), \(verify)}}\n" + peer
            }
            #expect(problem(peer)?.contains(why) == true)
            #expect(problem(tls("verify: none"))?.contains(why) == true)
            #expect(problem(tls("verify: certificate, trust: \(pem.path)")) == nil)
            // Else any authority of the system lets its customers in, or nobody is looked at.
            #expect(problem(tls("verify: certificate"))?.contains("tls.verify: lets in whom any authority") == true)
            #expect(problem(tls("trust: \(pem.path)"))?.contains("tls.trust: is not looked at") == true)
        }
    }

    @Test func anEmptyListOfPeersIsNoListOfAllPeers() {
        #expect(problem("peers: []")?.contains(":1: peers: is empty: name who may send") == true)
    }

    @Test func whatIsShownIsReadTheSame() throws {
        let yaml = """
            node: {ae_titles: [A, "B C"], port: 104, limits: {pdu_size: 64 KiB, object_size: 2 GiB}}
            peers: [{ae_title: CT1, addresses: [10.1.0.0/16]}]
            assembly: {quiet_seconds: 5, longest_wait_seconds: 50}
            analysis: {workers: 2, language: de, time_zone: Europe/Berlin, precision: bf16, memory: 4 GiB, job_wall_seconds: 60}
            destinations:
              - {name: pacs, host: pacs.local, port: 11112, ae_title: PACS, send: [report], report: enhanced,
                 send_not_analysable: false, mark_superseded: true}
            storage: {duplicates: refuse, low_watermark: 512 MiB}
            logging: {level: debug, format: json}
            http: {host: "::1", port: 9000}
            """
        let first = try GatewayConfiguration(yaml: yaml, file: "f")
        let second = try GatewayConfiguration(yaml: first.yaml, file: "f")
        #expect(first.yaml == second.yaml)
        #expect(second.destinations.first?.reportClasses.first == ReportClass.enhanced.sopClassUID)
        #expect(second.destinations.first?.reportClasses.count == 4)
        #expect(second.destinations.first?.sendsNotAnalysable == false)
        #expect(second.destinations.first?.marksSuperseded == true)
        #expect(second.node.limits.pduSize == 65_536 && second.peers.count == 1)
        #expect(second.analysis.jobWall == 60)
        #expect(second.http == GatewayConfiguration.HTTP(host: "::1", port: 9000) && second.logFormat == .json)
        #expect(GatewayConfiguration().http == nil)
        #expect(second.analysis.precision == "bf16" && second.analysis.timeZone == "Europe/Berlin")
    }

    @Test("By default every report is sent and nothing is marked; other answers than true and false are errors")
    func whatADestinationHears() throws {
        let destination = "destinations:\n  - {name: p, host: h, port: 1, ae_title: P"
        let plain = try GatewayConfiguration(yaml: destination + "}", file: "f")
        let record = try #require(plain.routes(transcoder: nil).first?.record)
        #expect(record.kinds == [.report, .picture] && record.wantsNotAnalysable)
        let asked = destination + ", send_not_analysable: false, mark_superseded: true}"
        let other = try #require(try GatewayConfiguration(yaml: asked, file: "f").routes(transcoder: nil).first?.record)
        #expect(other.kinds == [.report, .picture, .keyObjects] && !other.wantsNotAnalysable)
        #expect(
            problem(destination + ", mark_superseded: maybe}")?.contains(
                "destinations[1].mark_superseded: 'maybe' is none of true, false") == true)
    }

    @Test("Texts of any characters are shown so that they are read the same")
    func oddCharactersComeBack() throws {
        var first = GatewayConfiguration()
        first.node.host = "a\n\t\u{1}\u{7F}\u{85}\u{2028}\u{FEFF}\u{1F600}é\\ \"b\" #: &c"
        let second = try GatewayConfiguration(yaml: first.yaml, file: "f")
        #expect(second.node.host == first.node.host)
    }

    @Test("A page of anchors that stands for more nodes than memory holds is refused at once", .timeLimit(.minutes(5)))
    func anchorsAreRefused() {
        let bomb =
            "# R&D\na0: &a0 [x, x]\n"
            + (1...40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined() + "? *a40\n: y\n"
        let error = #expect(throws: GatewayError.self) { try GatewayConfiguration(yaml: bomb, file: "f") }
        #expect(error?.description == "f:2: has an anchor (&); write the value out where it is wanted")
    }

    @Test func pathsCountFromTheFilesFolder() throws {
        try Workplace.withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appending(path: "bundle"), withIntermediateDirectories: true)
            let file = folder.appending(path: "hilum.yaml")
            try "analysis: {bundle: bundle}\nstorage: {folder: data}".write(to: file, atomically: true, encoding: .utf8)
            let configuration = try GatewayConfiguration(file: file.path)
            #expect(configuration.analysis.bundle == folder.appending(path: "bundle").path)
            #expect(configuration.storage.folder == folder.appending(path: "data").path)
        }
    }
}
