/// Where a training step keeps its values and their gradients: one arena, in which buffers whose lives do not meet share
/// floats. Everything is decided before the first step.
///
/// Time is counted in steps of the program: step i runs forward at i, the loss comes at `steps`, and step i runs backward
/// at 2 · steps − i.
struct TrainingLayout: Sendable {
    let program: Program
    let sizes: [Network.NodeID: Program.Size]
    let images: Int
    /// Values whose gradients are wanted.
    let wanted: Set<Network.NodeID>
    /// Concatenations whose parts have to be copied.
    let copied: Set<Network.NodeID>
    /// Residuals whose gradient takes the place of their sum's.
    let shared: Set<Network.NodeID>
    let floats: Int
    private let values: [Network.NodeID: Cells]
    private let gradients: [Network.NodeID: Cells]
    private let places: [Network.NodeID: Placement.Place]
    private let roots: [Network.NodeID: Placement.Root]

    /// - Parameters:
    ///   - trains: whether a step has parameters that are trained.
    ///   - logits: the value that the loss reads.
    init(
        _ program: Program, images: Int, sizes: [Network.NodeID: Program.Size], logits: Network.NodeID,
        trains: (Program.Step) -> Bool
    ) {
        self.program = program
        self.sizes = sizes
        self.images = images
        let blocks = program.channels.map(Cells.blocks)
        let placement = Placement(program, units: blocks, isWhole: { program.channels[$0] % Cells.channels == 0 })
        let places = placement.places
        self.places = places
        roots = placement.roots
        var wanted: Set<Network.NodeID> = []
        for step in program.steps where trains(step) || step.inputs.contains(where: wanted.contains) {
            wanted.insert(step.output)
        }
        self.wanted = wanted
        copied = Set(program.steps.filter { $0.kernel == .concatenation && !placement.isView($0) }.map(\.output))
        shared = Self.shared(program, placement, wanted)

        let names = Names(count: program.channels.count, places: places, program: program, shared: shared)
        let lives = Self.lives(program, names: names, wanted: wanted, logits: logits)
        let lengths = lives.reduce(into: [Int: Int]()) { lengths, life in
            let root = placement.roots[names.root(of: life.key)]!
            lengths[life.key] = root.units * Cells.blockFloats(images: images, sizes[root.example]!)
        }
        let arena = Arena(lengths: lengths, lives: lives)
        func cells(_ value: Network.NodeID, name: Int) -> Cells {
            let size = sizes[value]!
            let block = Cells.blockFloats(images: images, size)
            return Cells(
                offset: arena.offsets[name]! + places[value]!.unit * block, blocks: blocks[value], images: images,
                size: size, block: block)
        }
        values = places.keys.reduce(into: [:]) { values, value in
            let name = names.value(value)
            if lives[name] != nil { values[value] = cells(value, name: name) }
        }
        gradients = wanted.reduce(into: [:]) { $0[$1] = cells($1, name: names.gradient($1)) }
        floats = arena.total
    }

    subscript(value: Network.NodeID) -> Cells { values[value]! }

    /// Nil where nobody wants it.
    func gradient(_ value: Network.NodeID) -> Cells? { gradients[value] }

    func place(_ value: Network.NodeID) -> Placement.Place { places[value]! }

    /// Of a buffer.
    func blocks(of root: Network.NodeID) -> Int { roots[root]!.units }

    /// Residuals that nobody reads after the sum, so that what reaches the sum is their gradient as yet.
    private static func shared(
        _ program: Program, _ placement: Placement, _ wanted: Set<Network.NodeID>
    ) -> Set<Network.NodeID> {
        var lastReader: [Network.NodeID: Int] = [:]
        for (index, step) in program.steps.enumerated() { for input in step.inputs { lastReader[input] = index } }
        return Set(
            program.steps.enumerated().compactMap { index, step in
                guard case .normalization = step.kernel, step.inputs.count == 2 else { return nil }
                let residual = step.inputs[1]
                let own = placement.places[residual]!
                let isAlone = own.root == residual && placement.places[step.output]!.root == step.output
                return isAlone && lastReader[residual] == index && wanted.contains(residual) ? residual : nil
            })
    }
}

/// Buffers' names: a value's root, and the same beyond all values for its gradient.
private struct Names {
    let count: Int
    let places: [Network.NodeID: Placement.Place]
    /// Of a residual whose gradient lies in its sum's place: that sum.
    private var sums: [Network.NodeID: Network.NodeID] = [:]

    init(
        count: Int, places: [Network.NodeID: Placement.Place], program: Program, shared: Set<Network.NodeID>
    ) {
        self.count = count
        self.places = places
        for step in program.steps where step.inputs.count == 2 && shared.contains(step.inputs[1]) {
            if case .normalization = step.kernel { sums[step.inputs[1]] = step.output }
        }
    }

    func value(_ value: Network.NodeID) -> Int { places[value]!.root }

    func gradient(_ value: Network.NodeID) -> Int {
        var value = value
        while let sum = sums[value] { value = sum }
        return count + places[value]!.root
    }

    func root(of name: Int) -> Network.NodeID { name % count }
}

extension TrainingLayout {
    /// First and last time at which each buffer is touched.
    private static func lives(
        _ program: Program, names: Names, wanted: Set<Network.NodeID>, logits: Network.NodeID
    ) -> [Int: ClosedRange<Int>] {
        var lives: [Int: ClosedRange<Int>] = [:]
        func touch(_ name: Int, at time: Int) {
            let life = lives[name] ?? time...time
            lives[name] = min(life.lowerBound, time)...max(life.upperBound, time)
        }
        let end = program.steps.count
        for (index, step) in program.steps.enumerated() {
            // The network's input is read as it is given where only a stem reads it.
            for value in step.inputs + [step.output] where value != 0 || !isStem(step) {
                touch(names.value(value), at: index)
            }
            let back = 2 * end - index
            guard wanted.contains(step.output) else { continue }
            for value in step.readsBackward where value != 0 || !isStem(step) { touch(names.value(value), at: back) }
            for value in step.inputs + [step.output] where wanted.contains(value) {
                touch(names.gradient(value), at: back)
            }
        }
        touch(names.value(logits), at: end)
        touch(names.gradient(logits), at: end)
        return lives
    }

    private static func isStem(_ step: Program.Step) -> Bool {
        guard case .convolution(let fused) = step.kernel else { return false }
        return fused.isStem(of: step)
    }
}

extension Program.Step {
    /// The values that its backward pass reads.
    fileprivate var readsBackward: [Network.NodeID] {
        switch kernel {
        case .convolution, .transposed, .maxPool: [inputs[0]]
        case .normalization(_, let relu): inputs.count > 1 && relu ? [inputs[0], output] : [inputs[0]]
        case .relu: [output]
        case .add(let relu): relu ? [output] : []
        case .concatenation, .globalAverage, .narrow: []
        }
    }
}
