/// Steps that a batch goes through a few images at a time.
///
/// Where values are large and weights are few, a whole batch's values would leave the cache between one step and the
/// next; a few images' stay, in places that the next images use again. Where weights are many, all images go together,
/// so that weights are read once.
struct Segment: Equatable {
    /// Indices in the program.
    var steps: Range<Int>
    var images: Cut

    var hasPasses: Bool { images.pieces > 1 }

    /// Bytes of a step's inputs and outputs, and of a segment's weights, that stay in a usual third-level cache.
    private static let valueBytes = 10 << 20
    private static let weightBytes = 8 << 20

    static func segments(
        _ program: Program, elements: [Network.NodeID: Element], images: Int, sizes: [Network.NodeID: Program.Size]
    ) -> [Segment] {
        sameSize(program, sizes).map { steps in
            let weights = 4 * steps.reduce(0) { $0 + program.account(of: program.steps[$1], sizes).weights }
            let values = steps.map { index in
                let step = program.steps[index]
                return (step.inputs + [step.output]).reduce(0) { sum, value in
                    let cell = (elements[value] ?? .f32).channels
                    return sum + (program.channels[value] + cell - 1) / cell * sizes[value]!.pixels * 64
                }
            }
            guard weights <= weightBytes else { return Segment(steps: steps, images: Cut(images, most: images)) }
            return Segment(steps: steps, images: Cut(images, most: max(1, valueBytes / max(1, values.max() ?? 1))))
        }
    }

    /// Runs of steps whose results have the same size.
    private static func sameSize(_ program: Program, _ sizes: [Network.NodeID: Program.Size]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for index in program.steps.indices.dropFirst()
        where sizes[program.steps[index].output] != sizes[program.steps[start].output] {
            ranges.append(start..<index)
            start = index
        }
        return ranges + [start..<program.steps.count]
    }
}
