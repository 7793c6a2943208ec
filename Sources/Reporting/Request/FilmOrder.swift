/// How people count a request's findings: in the order in which their images were taken. The request itself has the most
/// urgent first.
struct FilmOrder: Hashable {
    /// Positions among the findings.
    let order: [Int]

    init(_ findings: [ReportedFinding]) {
        let key = { (index: Int) in
            let label = findings[index].sources.first?.label
            return (label?.time ?? "", label?.number ?? .max, index)
        }
        order = findings.indices.sorted { key($0) < key($1) }
    }

    /// From 1, of the finding at that position.
    func number(of index: Int) -> Int { (order.firstIndex(of: index) ?? index) + 1 }
}

extension SourceImage.Label {
    /// Each in a few letters, the same in every language.
    var parts: [String] {
        [view, number.map { "# \($0)" }, time, height.map { "z \(DecimalText.words(whole: $0)) mm" }].compactMap(\.self)
    }
}
