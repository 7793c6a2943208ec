import Synchronization

/// Runs a program as matrix products by OpenBLAS on the columns of each input: complete on any processor that OpenBLAS
/// knows, and what the faster engine is held against.
final class ColumnsEngine: Sendable {
    private let program: Program
    private let kernels: [ColumnsKernel]
    private let crew: Crew
    private let blas: BLAS
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var plans = PlanCache<ColumnsPlan>()
        var memory = CellBuffer(floats: 0)
    }

    /// - Throws: ``NeuralNetworkError/library(problem:)`` without OpenBLAS.
    init(_ weights: NetworkWeights, threads: Int) throws {
        let program = Program(weights.network, fusion: .inference)
        self.program = program
        kernels = try program.steps.map { try ColumnsKernel($0, program.network, weights) }
        crew = Crew(threads: threads)
        blas = try BLAS.load()
    }

    private init(sharing other: ColumnsEngine) {
        program = other.program
        kernels = other.kernels
        crew = Crew(threads: other.crew.threads)
        blas = other.blas
    }

    func twin() -> ColumnsEngine { ColumnsEngine(sharing: self) }

    /// - Parameter input: images × channels × rows × columns, the channels being the network's.
    func run(_ input: Tensor) throws -> [String: Tensor] {
        try state.withLock { state in
            let plan = try state.plans.plan(for: input.shape) {
                try ColumnsPlan(program, kernels, images: $0, height: $1, width: $2)
            }
            let floats = plan.arena + plan.sharedScratch + crew.threads * plan.threadScratch
            if state.memory.count < floats { state.memory = CellBuffer(floats: floats) }
            let run = Run(plan: plan, crew: crew, blas: blas, memory: state.memory.start)
            run.load(input)
            let channels = program.network.channels
            for (step, kernel) in zip(program.steps, kernels) { run.execute(step, kernel, channels: channels) }
            return program.network.outputs.mapValues { run.tensor($0, channels: channels[$0]) }
        }
    }
}
