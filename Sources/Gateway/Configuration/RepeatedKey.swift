import Yams

/// Where a mapping has a key for the second time, which Yams tells by the mapping's beginning alone. In block style, by
/// indentation; in flow style both stand where the mapping begins.
struct RepeatedKey {
    /// Lines from 1, of the first and of the second.
    let first: Int
    let line: Int
    /// The keys above, outermost first, without the numbers of entries in lists.
    let parents: [String]

    /// - Parameter mark: of the mapping.
    init(_ key: String, in text: String, _ mark: Mark) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Line.init)
        let begin = min(max(mark.line, 1), max(lines.count, 1))
        let own = lines.indices.dropFirst(begin - 1).prefix { index in
            index < begin || lines[index].key == nil || lines[index].column >= mark.column - 1
        }
        let hits = own.filter { lines[$0].key == key && lines[$0].column == mark.column - 1 }
        first = (hits.first ?? begin - 1) + 1
        line = (hits.dropFirst().first ?? begin - 1) + 1
        var parents: [String] = []
        var column = mark.column - 1
        for above in lines.prefix(line).reversed() where above.column < column {
            guard let name = above.key else { continue }
            parents.insert(name, at: 0)
            column = above.column
        }
        self.parents = parents
    }

    private struct Line {
        /// Of the key, from 0; a dash before it belongs to the list.
        let column: Int
        let key: String?

        init(_ text: Substring) {
            let start = text.prefix { $0 == " " || $0 == "-" }
            let rest = text.dropFirst(start.count)
            column = start.count
            let name = rest.prefix { $0 != ":" && $0 != "#" }
            key =
                !name.isEmpty && name.count < rest.count && rest.dropFirst(name.count).first == ":" ? String(name) : nil
        }
    }
}
