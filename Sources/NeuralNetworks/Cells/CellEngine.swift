import CKernels
import Synchronization

/// Runs a program on cells with kernels of our own.
final class CellEngine: Sendable {
    private let program: Program
    private let elements: [Network.NodeID: Element]
    private let kernels: CellKernels
    private let crew: Crew
    private let level: ck_level
    private let recorder: RangeRecorder?
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var plans = PlanCache<CellPlan>()
        var memory = CellBuffer(floats: 0)
    }

    /// - Parameter calibration: what bytes are made from; only they want it.
    /// - Throws: ``NeuralNetworkError/calibration(network:problem:)`` where a layer's range is missing.
    init(
        _ weights: NetworkWeights, threads: Int, precision: Precision = .f32, calibration: Calibration? = nil,
        level: KernelChoice.Level = .best, recordsRanges: Bool = false
    ) throws {
        precondition(precision == .f32 || !recordsRanges)
        recorder = recordsRanges ? RangeRecorder() : nil
        program = Program(weights.network, fusion: .activatedInference).lowered(to: precision)
        elements = try program.elements(precision, calibration)
        kernels = CellKernels(program, weights)
        crew = Crew(threads: threads)
        self.level = level.kernels
    }

    private init(sharing other: CellEngine) {
        program = other.program
        elements = other.elements
        kernels = other.kernels
        crew = Crew(threads: other.crew.threads)
        level = other.level
        recorder = other.recorder
    }

    func twin() -> CellEngine { CellEngine(sharing: self) }

    /// - Parameter input: images × channels × rows × columns, the channels being the network's.
    func run(_ input: Tensor) throws -> [String: Tensor] {
        guard let recorder else { return try run(input, observe: nil).outputs }
        recorder.include(input)
        return try run(input, observe: recorder.include).outputs
    }

    var ranges: Calibration { recorder?.ranges ?? Calibration() }

    /// - Parameter observe: called after each stage, with its index and the arena.
    private func run(
        _ input: Tensor, observe: ((CellPlan, Int, UnsafePointer<Float>) -> Void)?
    ) throws -> (outputs: [String: Tensor], plan: CellPlan) {
        try state.withLock { state in
            let plan = try state.plans.plan(for: input.shape) {
                try CellPlan(program, kernels, elements: elements, images: $0, height: $1, width: $2)
            }
            let floats = plan.arena + plan.shared + crew.threads * plan.own
            if state.memory.count < floats { state.memory = CellBuffer(floats: floats) }
            return (run(plan, input, state.memory.start, observe), plan)
        }
    }

    private func run(
        _ plan: CellPlan, _ input: Tensor, _ memory: UnsafeMutablePointer<Float>,
        _ observe: ((CellPlan, Int, UnsafePointer<Float>) -> Void)?
    ) -> [String: Tensor] {
        input.values.withUnsafeBufferPointer { values in
            let room = Room(
                arena: memory, shared: memory + plan.arena, own: memory + plan.arena + plan.shared,
                input: values.baseAddress!, level: level)
            let work = StageWork(room, ownFloats: plan.own)
            for (index, stage) in plan.stages.enumerated() {
                work.stage = stage
                crew.run(stage.pieces, work)
                observe?(plan, index, memory)
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

    func profile(_ input: Tensor, rounds: Int) throws -> [LayerTime] {
        let clock = ContinuousClock()
        var times: [[Double]] = []
        var accounts: [StageAccount] = []
        for _ in 0..<rounds {
            var last = clock.now
            var round: [Double] = []
            let plan = try run(
                input,
                observe: { _, _, _ in
                    let now = clock.now
                    round.append((now - last) / .seconds(1))
                    last = now
                }
            ).plan
            times.append(round)
            accounts = plan.accounts
        }
        return accounts.indices.map { stage in
            let sorted = times.map { $0[stage] }.sorted()
            let account = accounts[stage]
            return LayerTime(
                layer: account.layer, method: account.method, seconds: sorted[sorted.count / 2],
                multiplyAdds: account.multiplyAdds, bytes: account.bytes)
        }
    }
}
