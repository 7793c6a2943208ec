import Foundation
import HilumTesting
import Testing

@testable import Gateway

/// What an administrator reads of a mistake: where it is, what it is, and what may be meant.
@Suite("Mistakes in a configuration are named where they are")
struct ConfigurationMistakesTests {
    private static let destination = "destinations:\n  - {name: p, host: h, port: 1, ae_title: P"

    /// A row of `docs/TROUBLESHOOTING.md`: what a file says, and what is said of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let yaml: String
        let says: String
        var testDescription: String { yaml }
    }

    static let mistakes: [Mistake] = ((try? Troubleshooting.rows(below: "Configuration")) ?? []).map { cells in
        let texts = cells.map { $0.trimmingCharacters(in: ["`"]) }
        let yaml = texts[0].replacing("⏎", with: "\n").replacing("⇥", with: "\t")
        return Mistake(yaml: yaml, says: texts.count == 2 ? texts[1] : "a row of two cells")
    }

    @Test func thePageHasFortyMistakes() {
        #expect(Self.mistakes.count >= 40)
    }

    @Test("What the page says of a mistake is what is said", arguments: mistakes)
    func aMistakeIsNamed(_ mistake: Mistake) throws {
        try Workplace.withTemporaryFolder { folder in
            if mistake.yaml.contains(".pem") { try Self.certificates(in: folder) }
            let file = folder.appending(path: "hilum.yaml").path
            do {
                try GatewayConfiguration(yaml: mistake.yaml, file: file).checkMachine(file: file)
                Issue.record("it is taken")
            } catch {
                let said = "\(error)"
                try #require(said.hasPrefix(file + ":"), "\(said)")
                let rest = said.dropFirst(file.count + 1).drop { $0 == " " }
                #expect(Troubleshooting.Sentence(mistake.says).isAll(of: String(rest)), "\(said)")
            }
        }
    }

    /// `a` and `b` with keys, made by openssl, and `text.pem`, which is none.
    private static func certificates(in folder: URL) throws {
        try Data("no certificate".utf8).write(to: folder.appending(path: "text.pem"))
        let openssl = try #require(Tool("openssl"), "openssl is missing: Scripts/bootstrap installs it")
        for name in ["a", "b"] {
            let made = try openssl.run([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=\(name)", "-days", "1", "-keyout", folder.appending(path: "\(name).key").path, "-out",
                folder.appending(path: "\(name).pem").path,
            ])
            try #require(made.status == 0, "\(made.all)")
        }
    }

    @Test func aKeyThatIsItsCertificatesIsTaken() throws {
        try Workplace.withTemporaryFolder { folder in
            try Self.certificates(in: folder)
            let file = folder.appending(path: "hilum.yaml").path
            let yaml = "node: {tls: {certificate: a.pem, key: a.key}}\nstorage: {folder: data}"
            try GatewayConfiguration(yaml: yaml, file: file).checkMachine(file: file)
        }
    }

    @Test func portsThatDoNotMeetAreTaken() throws {
        for yaml in [
            "node: {port: 0}\nhttp: {port: 0}", "node: {host: 10.0.0.1, port: 8080}\nhttp: {port: 8080}",
        ] { _ = try GatewayConfiguration(yaml: yaml, file: "f") }
    }

    @Test func lettersThatChangedPlacesAreOneStep() {
        #expect(Spelling.steps("hots", "host") == 1 && Spelling.steps("prt", "port") == 1)
        #expect(Spelling.steps("", "abc") == 3 && Spelling.steps("kitten", "sitting") == 3)
        #expect(Spelling.nearest(to: "tls", among: ["port", "host"]) == nil)
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
