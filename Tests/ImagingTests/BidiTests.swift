import Foundation
import Testing

@testable import Imaging

@Suite struct BidiTests {
    private struct Line: Decodable {
        let text: String
        let levels: [UInt8]
        let base: UInt8
    }

    @Test func levelsEqualThoseOfFriBidi() throws {
        let file = Fixture.folder.appending(path: "bidi.json")
        let lines = try JSONDecoder().decode([Line].self, from: Data(contentsOf: file))
        #expect(lines.count > 200)
        for line in lines {
            let ours = BidiText(Array(line.text.unicodeScalars))
            #expect(ours.levels == line.levels, "\(line.text.debugDescription)")
            #expect(ours.baseLevel == line.base, "\(line.text.debugDescription)")
        }
    }

    /// The order of characters from the left, as FriBidi and the algorithm's own examples have it.
    private func visual(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var out = String.UnicodeScalarView()
        for run in BidiText(scalars).visualRuns {
            let part = run.level % 2 == 1 ? Array(scalars[run.range].reversed()) : Array(scalars[run.range])
            out.append(contentsOf: part)
        }
        return String(out)
    }

    @Test func latinStays() {
        #expect(visual("Doe^John 12, 3") == "Doe^John 12, 3")
    }

    @Test func hebrewRunsFromTheRight() {
        #expect(visual("אבג") == "גבא")
        #expect(visual("אב גד") == "דג בא")
    }

    @Test func hebrewInLatinTurnsOnlyItself() {
        #expect(visual("ab אבג cd") == "ab גבא cd")
    }

    @Test func numbersInHebrewRunFromTheLeft() {
        #expect(visual("אב 12.5 גד") == "דג 12.5 בא")
        #expect(visual("אב 10% גד") == "דג 10% בא")
    }

    @Test func latinInHebrewKeepsItsOrder() {
        #expect(visual("אב xy 3 גד") == "דג xy 3 בא")
    }

    @Test func marksFollowTheirLetters() {
        let levels = BidiText(Array("שָׁל".unicodeScalars)).levels
        #expect(levels.allSatisfy { $0 == 1 })
    }
}
