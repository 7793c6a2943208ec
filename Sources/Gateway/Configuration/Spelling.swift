/// Keys that look like one another.
enum Spelling {
    /// The one of `known` that was probably meant; nil when none is near.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let near = known.map { (name: $0, steps: steps(word, $0)) }.filter {
            $0.steps <= 2 && $0.steps < max(word.count, $0.name.count) / 2
        }
        return near.min { ($0.steps, $0.name) < ($1.steps, $1.name) }?.name
    }

    /// Letters to insert, leave out, exchange, or swap with their neighbour (Damerau's distance, each place edited once).
    static func steps(_ one: String, _ other: String) -> Int {
        let (a, b) = (Array(one.utf8), Array(other.utf8))
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
