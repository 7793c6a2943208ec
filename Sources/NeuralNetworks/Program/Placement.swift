/// Which values share a buffer. The parts of a concatenation get one buffer in its order, so that concatenating costs
/// nothing; a shorter concatenation of parts that are already neighbours is a view of them. Lengths are in units of
/// the engine's: a channel, or a block of them.
struct Placement {
    struct Place {
        /// The value that names the buffer.
        var root: Network.NodeID
        /// First unit within it.
        var unit: Int
    }

    struct Root {
        var units: Int
        /// Some value of the buffer, for its rows and columns.
        var example: Network.NodeID
    }

    private(set) var places: [Network.NodeID: Place] = [:]
    private(set) var roots: [Network.NodeID: Root] = [:]
    /// First and last step (index in the program) that touch each buffer; the last is `Int.max` for what a run returns.
    private(set) var lives: [Network.NodeID: ClosedRange<Int>] = [:]
    private let units: [Int]
    private let isWhole: (Network.NodeID) -> Bool

    /// - Parameters:
    ///   - units: of each value.
    ///   - isWhole: whether a value fills its units, so that another may follow it without a gap.
    init(_ program: Program, units: [Int], isWhole: @escaping (Network.NodeID) -> Bool) {
        self.units = units
        self.isWhole = isWhole
        let concatenations = program.steps.filter { step in
            step.kernel == .concatenation && step.inputs.dropLast().allSatisfy(isWhole)
        }
        for step in concatenations.sorted(by: { (units[$0.output], $1.output) > (units[$1.output], $0.output) }) {
            place(step)
        }
        for value in [0] + program.steps.map(\.output) where places[value] == nil { open(value) }
        for (index, step) in program.steps.enumerated() {
            for value in step.inputs + [step.output] { touch(value, at: index) }
        }
        touch(0, at: 0)
        for value in program.network.outputs.values { touch(value, at: .max) }
    }

    /// Whether a concatenation's parts already lie in its place.
    func isView(_ step: Program.Step) -> Bool {
        guard let place = places[step.output], step.inputs.dropLast().allSatisfy(isWhole) else { return false }
        var unit = place.unit
        for part in step.inputs {
            guard let own = places[part], own.root == place.root, own.unit == unit else { return false }
            unit += units[part]
        }
        return true
    }

    private mutating func open(_ value: Network.NodeID) {
        places[value] = Place(root: value, unit: 0)
        roots[value] = Root(units: units[value], example: value)
    }

    private mutating func place(_ step: Program.Step) {
        let placed = step.inputs.prefix { places[$0] != nil }
        if let first = placed.first, let start = places[first] {
            places[step.output] = start
            if isView(step) || extend(step, after: placed, from: start) { return }
            places[step.output] = nil
        }
        open(step.output)
        var place = places[step.output]!
        for part in step.inputs {
            if places[part] == nil { places[part] = place }
            place.unit += units[part]
        }
    }

    /// Puts the parts that have no place yet behind those that have, where these end their buffer.
    private mutating func extend(
        _ step: Program.Step, after placed: ArraySlice<Network.NodeID>, from start: Place
    ) -> Bool {
        let rest = step.inputs[placed.endIndex...]
        guard rest.allSatisfy({ places[$0] == nil }),
            isView(Program.Step(kernel: .concatenation, inputs: Array(placed), output: step.output))
        else { return false }
        var end = start.unit + placed.reduce(0) { $0 + units[$1] }
        guard end == roots[start.root]!.units else { return false }
        for part in rest {
            places[part] = Place(root: start.root, unit: end)
            end += units[part]
        }
        roots[start.root]!.units = end
        return true
    }

    private mutating func touch(_ value: Network.NodeID, at index: Int) {
        let root = places[value]!.root
        let life = lives[root] ?? index...index
        lives[root] = min(life.lowerBound, index)...max(life.upperBound, index)
    }
}

/// Buffers put into one stretch of memory; those whose lives do not meet may share floats.
struct Arena {
    private(set) var offsets: [Network.NodeID: Int] = [:]
    private(set) var total = 0

    /// - Parameters:
    ///   - lengths: floats of each buffer.
    ///   - lives: first and last step that touch it.
    init(lengths: [Network.NodeID: Int], lives: [Network.NodeID: ClosedRange<Int>]) {
        var placed: [(offset: Int, length: Int, life: ClosedRange<Int>)] = []
        for (buffer, length) in lengths.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
            let life = lives[buffer]!
            var offset = 0
            for other in placed where other.life.overlaps(life) {
                guard other.offset < offset + length else { break }
                offset = max(offset, other.offset + other.length)
            }
            offsets[buffer] = offset
            placed.append((offset, length, life))
            placed.sort { $0.offset < $1.offset }
            total = max(total, offset + length)
        }
    }
}
