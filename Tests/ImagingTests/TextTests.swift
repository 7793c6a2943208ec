import Testing

@testable import Imaging

@Suite struct TextTests {
    private static let noFonts = FontLibrary(catalog: FontCatalog(folders: ["/nowhere"]))
    private static let hasFonts = FontLibrary.shared.width(of: "A", size: 10, bold: false) != nil

    private func ink(_ text: String, fonts: FontLibrary = .shared) -> Int {
        var canvas = Canvas(width: 400, height: 60)
        _ = canvas.text(
            text, at: Point(x: 10, y: 40), style: TextStyle(size: 24), alignment: .left, maxWidth: nil, fonts: fonts)
        return canvas.image.bytes.count { $0 > 0 }
    }

    @Test(
        .enabled(if: hasFonts),
        arguments: [
            "Yamada^Tarou", "山田^太郎", "김^희중", "العربية", "שלום", "Αθήνα", "Привет", "ไทย", "हिन्दी", "中文 and Latin",
        ])
    func everyScriptLeavesInk(text: String) {
        #expect(ink(text) > 100)
        #expect(Canvas.width(of: text, style: TextStyle(size: 24)) > 20)
    }

    /// A missing glyph is the same box for every letter.
    @Test(.enabled(if: hasFonts), arguments: [("山", "郎"), ("ש", "ל"), ("ع", "ب"), ("ก", "ท"), ("김", "희")])
    func scriptsHaveLettersOfTheirOwn(first: String, second: String) {
        func picture(_ text: String) -> [UInt8] {
            var canvas = Canvas(width: 60, height: 60)
            canvas.text(text, at: Point(x: 10, y: 40), style: TextStyle(size: 30))
            return canvas.image.bytes
        }
        #expect(picture(first) != picture(second))
    }

    @Test(.enabled(if: hasFonts)) func widthGrowsWithSize() {
        let small = Canvas.width(of: "Lung opacity", style: TextStyle(size: 12))
        let large = Canvas.width(of: "Lung opacity", style: TextStyle(size: 24))
        #expect(abs(large / small - 2) < 0.02)
        #expect(
            Canvas.width(of: "Wide", style: TextStyle(size: 20, bold: true))
                > Canvas.width(of: "Wide", style: TextStyle(size: 20)))
    }

    @Test func longLinesEndInAnEllipsis() {
        let style = TextStyle(size: 20)
        let cut = Canvas.truncated("A rather long line of text", style: style, maxWidth: 100)
        #expect(cut.hasSuffix("…") && cut.hasPrefix("A r"))
        #expect(Canvas.width(of: cut, style: style) <= 100)
        #expect(Canvas.truncated("short", style: style, maxWidth: 1000) == "short")
        #expect(Canvas.truncated("short", style: style, maxWidth: 0) == "…")
    }

    @Test func alignmentMovesTheLine() {
        func columns(_ alignment: TextAlignment) -> Range<Int> {
            var canvas = Canvas(width: 200, height: 40)
            canvas.text("HH", at: Point(x: 100, y: 30), style: TextStyle(size: 20), alignment: alignment)
            let used = (0..<200).filter { column in (0..<40).contains { canvas[row: $0, column: column] != .black } }
            return (used.first ?? 0)..<((used.last ?? 0) + 1)
        }
        #expect(columns(.left).lowerBound >= 100)
        #expect(columns(.right).upperBound <= 101)
        #expect(columns(.centre).contains(100))
    }

    @Test func withoutFontsStrokesAreDrawn() {
        #expect(ink("REVIEW 1234", fonts: Self.noFonts) > 200)
        #expect(ink("山田", fonts: Self.noFonts) > 50)
        let width = Canvas.width(of: "REVIEW", style: TextStyle(size: 20), fonts: Self.noFonts)
        #expect(abs(width - 72) < 1e-9)
    }

    @Test func hostileLinesNeverTrap() {
        let lines = [
            "", "\u{0}\u{1}\n\r\t", String(repeating: "字", count: 10_000), "\u{202E}\u{2066}abc\u{FFFE}",
            "e" + String(repeating: "\u{301}", count: 500), "👨‍👩‍👧‍👦🇩🇪",
        ]
        for line in lines {
            _ = ink(line)
            _ = Canvas.truncated(line, style: TextStyle(size: 24), maxWidth: 50)
        }
    }
}
