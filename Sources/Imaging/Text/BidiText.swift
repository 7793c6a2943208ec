/// The order in which a line's characters stand, left to right: the Unicode Bidirectional Algorithm (UAX #9) with its
/// implicit rules. Explicit embeddings, isolates and paired brackets are passed over; a line of a report has none.
struct BidiText {
    /// One level for each scalar: odd runs right to left.
    let levels: [UInt8]
    /// 0, or 1 when the first strong character runs right to left (P2, P3).
    let baseLevel: UInt8

    init(_ scalars: [Unicode.Scalar]) {
        let classes = scalars.map(BidiClass.init)
        let strong = classes.first { $0 == .left || $0 == .right || $0 == .arabic }
        let base: UInt8 = strong == .right || strong == .arabic ? 1 : 0
        let edge: BidiClass = base == 1 ? .right : .left
        var resolved = Self.resolveWeak(classes, edge: edge)
        Self.resolveNeutral(&resolved, edge: edge)
        // I1, I2.
        var levels = resolved.map { kind -> UInt8 in
            switch kind {
            case .right: 1
            case .europeanNumber, .arabicNumber: 2
            default: base == 1 ? 2 : 0
            }
        }
        // L1: white space at the end takes the line's level.
        for index in levels.indices.reversed() {
            guard classes[index] == .space else { break }
            levels[index] = base
        }
        (self.levels, baseLevel) = (levels, base)
    }

    /// W1-W7.
    private static func resolveWeak(_ classes: [BidiClass], edge: BidiClass) -> [BidiClass] {
        var out = classes
        for index in out.indices where out[index] == .mark { out[index] = index > 0 ? out[index - 1] : edge }
        var strong = edge
        for index in out.indices {
            switch out[index] {
            case .left, .right, .arabic: strong = out[index]
            case .europeanNumber where strong == .arabic: out[index] = .arabicNumber
            default: break
            }
        }
        for index in out.indices where out[index] == .arabic { out[index] = .right }
        resolveSeparators(&out)
        resolveTerminators(&out)
        strong = edge
        for index in out.indices {
            switch out[index] {
            case .left, .right: strong = out[index]
            case .europeanNumber where strong == .left: out[index] = .left
            case .europeanSeparator, .europeanTerminator, .commonSeparator: out[index] = .neutral
            default: break
            }
        }
        return out
    }

    /// W4: a single separator between two numbers of one kind belongs to them.
    private static func resolveSeparators(_ classes: inout [BidiClass]) {
        for index in classes.indices.dropFirst().dropLast() {
            let (before, after) = (classes[index - 1], classes[index + 1])
            guard before == after else { continue }
            switch classes[index] {
            case .europeanSeparator where before == .europeanNumber: classes[index] = .europeanNumber
            case .commonSeparator where before == .europeanNumber || before == .arabicNumber: classes[index] = before
            default: break
            }
        }
    }

    /// W5: terminators next to European numbers belong to them.
    private static func resolveTerminators(_ classes: inout [BidiClass]) {
        var start = 0
        while start < classes.count {
            guard classes[start] == .europeanTerminator else {
                start += 1
                continue
            }
            let end = classes[start...].firstIndex { $0 != .europeanTerminator } ?? classes.count
            let numberBefore = start > 0 && classes[start - 1] == .europeanNumber
            if numberBefore || (end < classes.count && classes[end] == .europeanNumber) {
                for index in start..<end { classes[index] = .europeanNumber }
            }
            start = end
        }
    }

    /// N1, N2: neutrals between two of one direction take it, others the line's.
    private static func resolveNeutral(_ classes: inout [BidiClass], edge: BidiClass) {
        func direction(_ kind: BidiClass) -> BidiClass { kind == .left ? .left : .right }
        func isNeutral(_ kind: BidiClass) -> Bool { kind == .neutral || kind == .space }
        var start = 0
        while start < classes.count {
            guard isNeutral(classes[start]) else {
                start += 1
                continue
            }
            let end = classes[start...].firstIndex { !isNeutral($0) } ?? classes.count
            let before = start > 0 ? direction(classes[start - 1]) : edge
            let after = end < classes.count ? direction(classes[end]) : edge
            for index in start..<end { classes[index] = before == after ? before : edge }
            start = end
        }
    }

    /// Runs of one level in the order in which they stand from the left (L2).
    var visualRuns: [(range: Range<Int>, level: UInt8)] {
        var runs: [(range: Range<Int>, level: UInt8)] = []
        for (index, level) in levels.enumerated() {
            if let last = runs.last, last.level == level {
                runs[runs.count - 1].range = last.range.lowerBound..<(index + 1)
            } else {
                runs.append((index..<(index + 1), level))
            }
        }
        guard let highest = levels.max(), highest > 0 else { return runs }
        for level in stride(from: highest, through: 1, by: -1) {
            var start = 0
            while start < runs.count {
                guard runs[start].level >= level else {
                    start += 1
                    continue
                }
                let end = runs[start...].firstIndex { $0.level < level } ?? runs.count
                runs[start..<end].reverse()
                start = end
            }
        }
        return runs
    }
}
