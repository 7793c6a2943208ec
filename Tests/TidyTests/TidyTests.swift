import Foundation
import Testing

@Suite("The checkout keeps its own rules")
struct TidyTests {
    static let rows = Dictionary(uniqueKeysWithValues: Table.rows.map { ($0.target, $0) })

    @Test func everyTargetOfTheManifestStandsInTheTable() throws {
        let targets = try Checkout.manifest().targets.filter { $0.type != "test" }
        #expect(Set(targets.map(\.name)) == Set(Self.rows.keys))
        for target in targets {
            let row = try #require(Self.rows[target.name], "\(target.name) is not in the table")
            for dependency in target.dependencies {
                let allowed = dependency.isProduct ? row.external : row.mayImport
                #expect(allowed.contains(dependency.name), "\(target.name) may not depend on \(dependency.name)")
            }
        }
    }

    @Test func everyArrowOfTheTablePointsDown() {
        for (position, row) in Table.rows.enumerated() {
            for name in row.mayImport {
                let other = Table.rows.firstIndex { $0.target == name }
                let isBelow = other.map { $0 > position } ?? false
                #expect(isBelow || row.target == "HilumTesting", "\(row.target) → \(name) points up")
            }
        }
    }

    @Test(arguments: Table.rows.map(\.target))
    func importsStayInsideTheTable(target: String) throws {
        let row = try #require(Self.rows[target])
        let allowed = row.mayImport.union(row.external).union(Table.standard)
        for file in Checkout.files(in: "Sources/\(target)", endings: ["swift"]) {
            for module in try Checkout.imports(of: file) {
                #expect(allowed.contains(module), "\(file) imports \(module), which \(target) may not")
            }
        }
    }

    /// It decides, so it can reach no clock, no file and no lock, which even Foundation would bring.
    @Test func workflowImportsNothingButDICOMCore() throws {
        for file in Checkout.files(in: "Sources/Workflow", endings: ["swift"]) {
            #expect(try Checkout.imports(of: file).isSubset(of: ["DICOMCore"]), "\(file) imports more")
        }
    }

    @Test func noSourceFileIsLongerThan400Lines() throws {
        let endings: Set<String> = ["swift", "c", "cpp", "h"]
        for file in Checkout.files(in: "Sources", endings: endings) {
            let text = try Checkout.text(file)
            if text.hasPrefix("// Generated") { continue }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(lines <= 400, "\(file) has \(lines) lines; split it")
        }
    }

    @Test func everyFileThatTheDocumentationNamesIsThere() throws {
        let pages =
            ["README.md", "CHANGELOG.md"]
            + ["docs", "Conformance", "Models", "SampleStudies"].flatMap { Checkout.files(in: $0, endings: ["md"]) }
        let name = #/`((?:Sources|Tests|Scripts|docs|Conformance|SampleStudies|Models)/[A-Za-z0-9_+./-]*[A-Za-z0-9_])`/#
        for page in pages {
            for match in try Checkout.text(page).matches(of: name) {
                let path = Checkout.root.appending(path: String(match.1)).path
                #expect(FileManager.default.fileExists(atPath: path), "\(page) names \(match.1), which is not there")
            }
        }
    }

    /// `DoctorTests.clock` is a function, or a case of an enumeration, in a file of that name.
    @Test func everyTestThatTheDocumentationNamesIsThere() throws {
        let files = Checkout.files(in: "Tests", endings: ["swift"])
        var found = 0
        for page in Checkout.files(in: "docs", endings: ["md"]) {
            for match in try Checkout.text(page).matches(of: #/`(\w+Tests)\.((?!swift`)\w+)`/#) {
                let (suite, name) = (match.1, match.2)
                let file = try #require(files.first { $0.hasSuffix("/\(suite).swift") }, "\(page) names \(suite)")
                let declared = try Regex("(?:func |case (?:\\w+,\\s*)*)\(name)\\b")
                #expect(try Checkout.text(file).contains(declared), "\(page) names \(match.0)")
                found += 1
            }
        }
        #expect(found >= 40)
    }

    @Test func thePackagedConfigurationHasEveryKeyOfTheManualAndNoOther() throws {
        let line = #/^[ #]*(?:- )?([a-z_]+):(?: |$)/#.anchorsMatchLineEndings()
        func keys(_ text: some StringProtocol) -> Set<String> {
            Set(String(text).matches(of: line).map { String($0.1) })
        }
        let manual = try Checkout.text("docs/CONFIGURATION.md").split(separator: "```")
        let wanted = keys(try #require(manual.first { $0.hasPrefix("yaml") }))
        #expect(keys(try Checkout.text("Packaging/hilum.yaml")) == wanted)
    }

    /// Their targets share nothing that reads YAML, and what is mended in one has to be mended in the other.
    @Test func bothReadersOfYAMLFindAnchorsInTheSameWay() throws {
        let checks = try [
            "Sources/Gateway/Configuration/GatewayConfiguration+YAML.swift",
            "Sources/Diagnosis/Bundle/StrictYAML.swift",
        ].map { path in
            let text = try Checkout.text(path)
            let begin = try #require(text.range(of: "private enum YAMLAnchor {\n"), "\(path)")
            let end = try #require(text.range(of: "\n}\n", range: begin.upperBound..<text.endIndex), "\(path)")
            return text[begin.lowerBound..<end.upperBound]
        }
        #expect(checks[0] == checks[1])
    }

    @Test func nothingIsLeftToDoInTheSource() throws {
        for file in Checkout.files(in: "Sources", endings: ["swift", "c", "cpp", "h"]) {
            let text = try Checkout.text(file)
            #expect(!text.contains("TODO") && !text.contains("FIXME"), "\(file) has a TODO; docs/ is the place for it")
        }
    }
}
