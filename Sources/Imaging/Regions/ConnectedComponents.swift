/// The 8-connected parts of a mask, numbered from 1 in the order in which rows from the top meet them.
public struct ConnectedComponents: Sendable {
    /// 0 outside.
    public let labels: Plane<Int32>
    /// Pixels of each part; `areas[0]` is what lies outside.
    public let areas: [Int]

    /// How many parts there are.
    public var count: Int { areas.count - 1 }

    /// The number of the largest part, the first of equals; nil when the mask is empty.
    public var largest: Int? {
        guard count > 0 else { return nil }
        return (1...count).max { areas[$0] < areas[$1] || (areas[$0] == areas[$1] && $0 > $1) }
    }

    /// Values above 0 are inside.
    public init(_ mask: Mask) {
        var forest = Forest()
        var runsByRow: [[(run: Range<Int>, node: Int)]] = []
        runsByRow.reserveCapacity(mask.height)
        for row in 0..<mask.height {
            var current: [(run: Range<Int>, node: Int)] = []
            var candidate = 0
            let above = runsByRow.last ?? []
            for run in mask.runs(inRow: row) {
                let node = forest.add()
                // Diagonal neighbours touch, hence one column more on either side.
                while candidate < above.count, above[candidate].run.upperBound < run.lowerBound { candidate += 1 }
                var index = candidate
                while index < above.count, above[index].run.lowerBound <= run.upperBound {
                    forest.join(above[index].node, node)
                    index += 1
                }
                current.append((run, node))
            }
            runsByRow.append(current)
        }
        (labels, areas) = Self.number(runsByRow, forest: &forest, width: mask.width, height: mask.height)
    }

    private static func number(
        _ runsByRow: [[(run: Range<Int>, node: Int)]], forest: inout Forest, width: Int, height: Int
    ) -> (Plane<Int32>, [Int]) {
        var labels = Plane<Int32>(width: width, height: height, repeating: 0)
        var areas = [width * height]
        var numbers: [Int: Int] = [:]
        for (row, runs) in runsByRow.enumerated() {
            for (run, node) in runs {
                let root = forest.root(of: node)
                let number = numbers[root] ?? areas.count
                if number == areas.count {
                    numbers[root] = number
                    areas.append(0)
                }
                areas[number] += run.count
                areas[0] -= run.count
                for column in run { labels.pixels[row * width + column] = Int32(number) }
            }
        }
        return (labels, areas)
    }

    /// One part as a mask.
    public func mask(of number: Int) -> Mask {
        labels.map { Int($0) == number ? 1 : 0 }
    }
}

/// Disjoint sets; the oldest member is the root.
private struct Forest {
    private var parents: [Int] = []

    mutating func add() -> Int {
        parents.append(parents.count)
        return parents.count - 1
    }

    mutating func root(of node: Int) -> Int {
        var node = node
        while parents[node] != node {
            parents[node] = parents[parents[node]]
            node = parents[node]
        }
        return node
    }

    mutating func join(_ first: Int, _ second: Int) {
        let (a, b) = (root(of: first), root(of: second))
        parents[max(a, b)] = min(a, b)
    }
}
