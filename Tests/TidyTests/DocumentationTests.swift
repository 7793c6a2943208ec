import Foundation
import Testing

@Suite("Who takes a library alone finds out from its documentation how to use it")
struct DocumentationTests {
    /// What other declarations oblige a type to have says nothing of its own.
    static let conformances = [
        "var description:", "static func == (", "static func < (", "func hash(into ",
    ]

    @Test func everyPublicDeclarationOfALibraryHasADocComment() throws {
        let declaration = #/^ *(?:@[a-zA-Z]+(?:\([^)]*\))? +)*public +(?!import |extension )(.+)$/#
        for module in try Checkout.manifest().libraries.flatMap(\.targets) {
            for file in Checkout.files(in: "Sources/\(module)", endings: ["swift"]) {
                let lines = try Checkout.text(file).split(separator: "\n", omittingEmptySubsequences: false)
                for (number, line) in lines.enumerated() {
                    guard let declared = try declaration.wholeMatch(in: line)?.1,
                        !Self.conformances.contains(where: declared.hasPrefix)
                    else { continue }
                    let above = lines[..<number].last { !$0.drop { $0 == " " }.hasPrefix("@") } ?? ""
                    #expect(
                        above.drop { $0 == " " }.hasPrefix("///"), "\(file):\(number + 1) has no doc comment: \(line)")
                }
            }
        }
    }

    @Test func everyLibraryHasAPageWithAnExample() throws {
        for library in try Checkout.manifest().libraries {
            let page = try Checkout.text("Sources/\(library.name)/\(library.name).docc/\(library.name).md")
            #expect(page.hasPrefix("# ``\(library.name)``\n"))
            #expect(page.contains("\n```swift\n"), "\(library.name) shows no example")
            #expect(
                try Checkout.text("Scripts/docs").contains("\ndocument \(library.targets.joined(separator: " "))\n"))
        }
    }
}
