import Foundation

/// The tables of `docs/TROUBLESHOOTING.md`, against which tests hold what the program says.
public enum Troubleshooting {
    /// The cells of each row of the table below a heading.
    public static func rows(below heading: String) throws -> [[String]] {
        let page = try String(contentsOf: Workplace.root.appending(path: "docs/TROUBLESHOOTING.md"), encoding: .utf8)
        let section = page.components(separatedBy: "\n## ").first { $0.hasPrefix(heading + "\n") } ?? ""
        return section.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| ---") }
            .dropFirst().map { $0.dropFirst(2).dropLast(2).components(separatedBy: " | ") }
    }

    /// Whether a text has a sentence that the page names for a test.
    /// - Parameter test: as in the table's last column, `DoctorTests.clock`.
    public static func names(_ text: String, for test: String) throws -> Bool {
        for (heading, column) in [("Bad moments", 1), ("Backups", 0)] {
            for row in try rows(below: heading) where row.last?.contains("`\(test)`") == true {
                // Every second piece stands between backticks.
                let pieces = row[column].components(separatedBy: "`")
                for index in stride(from: 1, to: pieces.count, by: 2) where Sentence(pieces[index]).isIn(text) {
                    return true
                }
            }
        }
        return false
    }

    /// Words in which … stands for anything.
    public struct Sentence: Sendable {
        private let parts: [String]

        public init(_ words: String) { parts = words.components(separatedBy: "…") }

        /// Apart from the backticks, which the page can't show.
        public func isIn(_ text: String) -> Bool {
            let text = text.replacing("`", with: "")
            var rest = text[...]
            for part in parts where !part.isEmpty {
                guard let found = rest.range(of: part) else { return false }
                rest = rest[found.upperBound...]
            }
            return true
        }

        public func isAll(of text: String) -> Bool {
            isIn(text) && text.hasPrefix(parts[0]) && text.hasSuffix(parts[parts.count - 1])
        }
    }
}
