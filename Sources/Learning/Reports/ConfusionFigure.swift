import Foundation
import Imaging

/// A confusion matrix as a heat map with numbers: rows are the truth, the colour is the share of the row.
public struct ConfusionFigure: Sendable {
    public let classes: [String]
    /// `counts[truth][answer]`.
    public let counts: [[Int]]
    public var title: String

    public init(classes: [String], counts: [[Int]], title: String = "Confusion matrix") {
        self.classes = classes
        self.counts = counts
        self.title = title
    }

    private static let cell = (width: 112.0, height: 64.0)
    private static let left = 150.0
    private static let top = 70.0
    private static let map = ColourMap([Colour(0xFFFFFF), Colour(0xC6DBEF), Colour(0x6BAED6), Colour(0x08519C)])

    public var figure: Figure {
        let (cell, left, top) = (Self.cell, Self.left, Self.top)
        var figure = Figure(
            width: left + cell.width * Double(classes.count) + 16,
            height: top + cell.height * Double(classes.count) + 16,
            title: title)
        figure.text(title, 8, 20, size: 15, bold: true)
        figure.text("answer", left + cell.width * Double(classes.count) / 2, 42, Ink.faint, .centre)
        figure.uprightText("truth", 16, top + cell.height * Double(classes.count) / 2)
        for (place, name) in classes.enumerated() {
            let label = Words.readable(name)
            figure.text(label, left + cell.width * (Double(place) + 0.5), top - 8, bold: true, Ink.text, .centre)
            figure.text(label, left - 8, top + cell.height * (Double(place) + 0.5) + 4, bold: true, Ink.text, .right)
        }
        for (truth, row) in counts.enumerated() {
            let total = row.reduce(0, +)
            for (answer, count) in row.enumerated() {
                let share = total > 0 ? Double(count) / Double(total) : 0
                let (x, y) = (left + cell.width * Double(answer), top + cell.height * Double(truth))
                figure.rectangle(x, y, cell.width - 2, cell.height - 2, Self.map[share])
                let isDark = share > 0.72
                let ink = isDark ? Colour.white : Ink.text
                let middle = x + cell.width / 2 - 1
                figure.text("\(count)", middle, y + 29, size: 17, bold: truth == answer, ink, .centre)
                figure.text(
                    String(format: "%.1f %%", 100 * share), middle, y + 48, size: 11, isDark ? ink : Colour(0x444444),
                    .centre)
            }
        }
        return figure
    }
}

/// Keys as people read them.
enum Words {
    /// `viral_pneumonia` → `viral pneumonia`, `covid19` → `COVID-19`.
    static func readable(_ key: String) -> String {
        key == "covid19" ? "COVID-19" : key.split(separator: "_").joined(separator: " ")
    }
}
