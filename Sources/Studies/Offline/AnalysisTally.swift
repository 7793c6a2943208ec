import Diagnosis

/// What a run over files and folders came to, to be told at its end.
public struct AnalysisTally: Hashable, Sendable {
    /// Images and series by what was found.
    public private(set) var outcomes: [String: Int] = [:]
    /// Studies and pictures that a former run did; their findings are counted too.
    public private(set) var doneBefore = 0
    /// Files and studies that could not be read or decoded.
    public private(set) var broken: Int
    /// Files and images that were not analysed, by why.
    public private(set) var passedOver: [String: Int]
    private let units: Int

    /// Of what an index holds before anything is analysed.
    public init(_ index: OfflineIndex) {
        units = index.count
        broken = index.broken.count
        passedOver = index.passedOverReasons
    }

    public mutating func count(_ record: OfflineAnalysis.Record) {
        broken += record.complaints.count
        if record.wasDone { doneBefore += 1 }
        for line in record.lines { outcomes[line.outcome.key, default: 0] += 1 }
        for reason in record.reasons { passedOver[reason, default: 0] += 1 }
    }

    /// The largest numbers first.
    public var sentences: [String] {
        var sentences: [String] = []
        let analysed = outcomes.values.reduce(0, +)
        if analysed > 0 {
            let parts = Self.sorted(outcomes).map { "\($0.value) \($0.key)" }
            sentences.append("\(analysed) images and series analysed: \(parts.joined(separator: ", "))")
        }
        if doneBefore > 0 { sentences.append("\(doneBefore) of \(units) were done by a former run") }
        if broken > 0 { sentences.append("\(broken) could not be read or decoded") }
        if !passedOver.isEmpty {
            let parts = Self.sorted(passedOver).map { "\($0.value) × \($0.key)" }
            sentences.append("passed over: \(parts.joined(separator: "; "))")
        }
        return sentences
    }

    private static func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }
}
