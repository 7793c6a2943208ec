import CKernels

extension Plan {
    /// Floats that a step wants beside its inputs and output.
    static func scratch(
        _ step: Program.Step, images: Int, sizes: [Network.NodeID: Size]
    ) -> (shared: Int, thread: Int) {
        let given = sizes[step.inputs[0]]!
        let made = sizes[step.output]!
        switch step.kernel {
        case .convolution(let kernel) where !kernel.isPointwise:
            let columns = images * made.height * made.width
            let tiling = Tiling(rows: kernel.layer.outputs, depth: kernel.depth, columns: columns)
            return tiling.piecesDown == 1
                ? (0, rounded(kernel.depth * tiling.tileColumns)) : (rounded(kernel.depth * columns), 0)
        case .narrow(let kernel):
            let channel = nn_padded_channel(Int64(images), Int64(given.height), Int64(given.width))
            return (kernel.inputs * Int(channel), 0)
        case .transposed(let kernel):
            return (rounded(kernel.height * images * given.height * given.width), 0)
        default: return (0, 0)
        }
    }

    private static func rounded(_ floats: Int) -> Int { (floats + 15) / 16 * 16 }
}
