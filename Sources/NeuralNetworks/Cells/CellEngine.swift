import CKernels
import Synchronization

/// Runs a program on cells with kernels of our own.
final class CellEngine: Sendable {
    private let program: Program
    private let kernels: CellKernels
    private let crew: Crew
    private let level: ck_level
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var plans = PlanCache<CellPlan>()
        var memory = CellBuffer(floats: 0)
    }

    init(_ weights: NetworkWeights, threads: Int) {
        program = Program(weights.network, activatesInputs: true)
        kernels = CellKernels(program, weights)
        crew = Crew(threads: threads)
        level = ck_best_level()
    }

    /// - Parameter input: images × channels × rows × columns, the channels being the network's.
    func run(_ input: Tensor) throws -> [String: Tensor] {
        try state.withLock { state in
            let plan = try state.plans.plan(for: input.shape) {
                try CellPlan(program, kernels, images: $0, height: $1, width: $2)
            }
            let floats = plan.arena + plan.shared + crew.threads * plan.own
            if state.memory.count < floats { state.memory = CellBuffer(floats: floats) }
            return run(plan, input, state.memory.start)
        }
    }

    private func run(
        _ plan: CellPlan, _ input: Tensor, _ memory: UnsafeMutablePointer<Float>
    ) -> [String: Tensor] {
        input.values.withUnsafeBufferPointer { values in
            let room = Room(
                arena: memory, shared: memory + plan.arena, own: memory + plan.arena + plan.shared,
                input: values.baseAddress!, level: level)
            for stage in plan.stages {
                crew.run(stage.pieces) { piece, worker in
                    var own = room
                    own.own += worker * plan.own
                    stage.run(piece, in: own)
                }
            }
        }
        return plan.outputs.mapValues { Self.tensor($0.cells, channels: $0.channels, memory) }
    }

    private static func tensor(_ cells: Cells, channels: Int, _ arena: UnsafePointer<Float>) -> Tensor {
        let pixels = cells.size.pixels
        let count = cells.images * channels * pixels
        let values = [Float](unsafeUninitializedCapacity: count) { out, filled in
            for image in 0..<cells.images {
                nn_cells_to_planes(
                    arena + cells.offset + image * cells.imageFloats, Int64(cells.block), Int64(channels),
                    Int64(pixels), out.baseAddress! + image * channels * pixels)
            }
            filled = count
        }
        return Tensor(shape: [cells.images, channels, cells.size.height, cells.size.width], values: values)
    }
}
