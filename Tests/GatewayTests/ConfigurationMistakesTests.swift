import Foundation
import HilumTesting
import Testing

@testable import Gateway

/// What an administrator reads of a mistake: where it is, what it is, and what may be meant.
@Suite("Mistakes in a configuration are named where they are")
struct ConfigurationMistakesTests {
    private static func problem(_ yaml: String) -> String? {
        do {
            _ = try GatewayConfiguration(yaml: yaml, file: "f")
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static let destination = "destinations:\n  - {name: p, host: h, port: 1, ae_title: P"

    static let mistakes: [(yaml: String, said: [String])] = [
        ("node: {prot: 104}", ["f:1: node.prot", "port may be meant"]),
        (
            "destinations:\n  - {name: p, hots: h, port: 1, ae_title: P}",
            ["f:2: destinations[1].hots", "host is missing"]
        ),
        ("destinations:\n  - {name: p, host: h, prt: 1, ae_title: P}", ["destinations[1].prt", "port is missing"]),
        (
            "destinations:\n  - {name: p, host: h, port: 1, ae_titel: P}",
            ["destinations[1].ae_titel", "ae_title is missing"]
        ),
        ("destinations:\n  - {name: p, port: 1, ae_title: P}", ["destinations[1].host: is missing"]),
        ("node:\n  port: 1\n  host: a\n  port: 2\n", ["f:4: node.port", "before, in line 2"]),
        (
            "node:\n  limits:\n    idle_seconds: 9\n    artim_seconds: 3\n    # again\n    idle_seconds: 8\n",
            ["f:6: node.limits.idle_seconds", "line 3"]
        ),
        ("node: {port: 1}\nstorage: {}\nnode: {port: 2}\n", ["f:3: node", "line 1"]),
        ("node: {port: 1, port: 2}\n", ["f:1: node.port", "line 1"]),
        ("storage:\n  folder: nowhere/deep/x\n", ["f:2: storage.folder", "there is no"]),
        ("nodes: {port: 1}", ["f:1: nodes", "node may be meant"]),
        ("node: {port: 70000}", ["f:1: node.port", "0 to 65535"]),
        ("node: {port: eleven}", ["node.port", "whole number"]),
        ("node: {ae_titles: [A_TITLE_THAT_IS_TOO_LONG]}", ["node.ae_titles", "1 to 16"]),
        ("node: {ae_titles: []}", ["node.ae_titles", "at least one"]),
        ("node: [1, 2]", ["f:1: node", "keys and values"]),
        ("node: {tls: {certificate: nowhere.pem}}", ["node.tls.certificate", "there is no"]),
        ("node: {limits: {object_size: 4 GB}}", ["node.limits.object_size", "GiB"]),
        ("peers: []", ["peers", "is empty"]),
        ("peers: [{ae_title: CT, addresses: [10.1.2]}]", ["peers[1].addresses", "10.1.2"]),
        ("peers: [{addresses: [10.0.0.1]}]", ["peers[1].ae_title", "missing"]),
        ("assembly: {quiet_seconds: 99, longest_wait_seconds: 9}", ["assembly.longest_wait_seconds", "shorter"]),
        ("analysis: {language: xx}", ["analysis.language", "en, de, fr or es"]),
        ("analysis: {precision: f16}", ["analysis.precision", "bf16"]),
        ("analysis: {time_zone: Berlin}", ["analysis.time_zone", "Europe/Berlin"]),
        ("analysis: {bundle: /nowhere/at/all}", ["analysis.bundle", "/nowhere/at/all"]),
        ("analysis: {memory: 1 MiB}", ["analysis.memory", "size"]),
        (destination + ", send: [segmentation]}", ["destinations[1].send", "report, picture"]),
        (destination + ", report: chest}", ["destinations[1].report", "basic_text"]),
        (destination + ", tls: {trust: nowhere}}", ["destinations[1].tls.trust", "nowhere"]),
        (destination + "}\n  - {name: p, host: h, port: 1, ae_title: P}", ["destinations", "two are named 'p'"]),
        ("storage: {duplicates: overwrite}", ["storage.duplicates", "set_aside, refuse"]),
        ("storage: {low_watermark: much}", ["storage.low_watermark", "512 MiB"]),
        ("logging: {level: loud}", ["logging.level", "debug"]),
        ("logging: {format: xml}", ["logging.format", "text, json"]),
        ("http: {prot: 1}", ["http.prot", "port may be meant"]),
        ("http: {port: 70000}", ["http.port", "0 to 65535"]),
        ("node:\n\tport: 1", ["f:2", "no YAML"]),
        ("node: &n {port: 1}", ["f:1", "anchor"]),
        ("- a\n- b\n", ["keys and values"]),
        ("node: {port: 1", ["no YAML"]),
    ]

    @Test(arguments: mistakes.indices)
    func aMistakeIsNamed(index: Int) throws {
        let (yaml, said) = Self.mistakes[index]
        let problem = try #require(Self.problem(yaml), "\(yaml) is taken")
        for part in said { #expect(problem.contains(part), "\(part) in \(problem)") }
    }

    @Test func lettersThatChangedPlacesAreOneStep() {
        #expect(Spelling.steps("hots", "host") == 1 && Spelling.steps("prt", "port") == 1)
        #expect(Spelling.steps("", "abc") == 3 && Spelling.steps("kitten", "sitting") == 3)
        #expect(Spelling.nearest(to: "tls", among: ["port", "host"]) == nil)
    }

    @Test("A key that is not its certificate's, made by openssl", .enabled(if: Tool("openssl") != nil))
    func keysOfOthers() throws {
        try Workplace.withTemporaryFolder { folder in
            let openssl = try #require(Tool("openssl"))
            for name in ["a", "b"] {
                let made = try openssl.run([
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-days", "1", "-keyout",
                    folder.appending(path: "\(name).key").path, "-out", folder.appending(path: "\(name).pem").path,
                ])
                try #require(made.status == 0, "\(made.all)")
            }
            func checked(_ key: String) throws {
                let yaml = "node: {tls: {certificate: a.pem, key: \(key)}}\nstorage: {folder: data}"
                let file = folder.appending(path: "hilum.yaml").path
                try GatewayConfiguration(yaml: yaml, file: file).checkMachine(file: file)
            }
            try checked("a.key")
            let error = #expect(throws: GatewayError.self) { try checked("b.key") }
            #expect("\(error.map { "\($0)" } ?? "")".contains("node.tls"))
        }
    }

    @Test func aFolderBelowAFileCannotBeMade() throws {
        try Workplace.withTemporaryFolder { folder in
            try Data().write(to: folder.appending(path: "file"))
            var configuration = GatewayConfiguration()
            configuration.storage.folder = folder.appending(path: "file/data").path
            let error = #expect(throws: GatewayError.self) { try configuration.checkMachine(file: "f") }
            #expect("\(error.map { "\($0)" } ?? "")".contains("is a file, not a folder"))
            configuration.storage.folder = folder.appending(path: "deep/down/data").path
            try configuration.checkMachine(file: "f")
        }
    }

    @Test func whatIsReadAgainSaysWhatItTookOverAndWhatWaits() throws {
        let started = try GatewayConfiguration(yaml: "node: {ae_titles: [A], port: 1}", file: "f")
        let fresh = try GatewayConfiguration(
            yaml: "node: {ae_titles: [B], port: 2}\nassembly: {quiet_seconds: 7}\n" + Self.destination + "}", file: "f")
        #expect(
            "\(Reloaded(fresh, running: started, started: started))"
                == "AE titles, destinations in force; node.port, assembly changed and wait for a restart")
        // Read once more, the same: nothing is new, and what waits still waits.
        #expect(
            "\(Reloaded(fresh, running: fresh, started: started))"
                == "nothing else is in force; node.port, assembly changed and wait for a restart")
        #expect("\(Reloaded(started, running: started, started: started))" == "nothing else is in force")
    }
}
