import Synchronization

/// Runs a network in f32: matrix products through OpenBLAS on the columns of the input, narrow 3×3 convolutions
/// directly, pieces of each step shared out to threads.
///
/// The result for an input is the same with any number of threads. Runs of one executor follow each other; plans and
/// working memory are kept between them.
public final class Executor: Sendable {
    public let network: Network
    private let program: Program
    private let workers: Workers
    private let blas: BLAS
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var plans: [[Int]: Plan] = [:]
        var workspace = Workspace(floats: 0)
    }

    /// Plans kept: sizes in use at one time are few.
    private static let mostPlans = 16

    /// - Parameters:
    ///   - weights: copied and prepared; about twice their size while this runs.
    ///   - threads: at least 1 is used.
    /// - Throws: ``NeuralNetworkError/library(problem:)`` without OpenBLAS.
    public init(_ weights: NetworkWeights, threads: Int) throws {
        network = weights.network
        program = Program(weights)
        workers = Workers(threads: threads)
        blas = try BLAS.load()
    }

    /// - Parameter input: images × channels × rows × columns.
    /// - Returns: the network's outputs by name, each images × channels × rows × columns.
    /// - Throws: ``NeuralNetworkError/input(network:problem:)``
    public func run(_ input: Tensor) throws -> [String: Tensor] {
        guard input.shape.count == 4, input.shape[1] == network.inputChannels else {
            throw NeuralNetworkError.input(
                network: network.name,
                problem: "takes images × \(network.inputChannels) channels × rows × columns, not \(input.shape)")
        }
        return try state.withLock { state in
            let key = [input.shape[0], input.shape[2], input.shape[3]]
            let plan: Plan
            if let known = state.plans[key] {
                plan = known
            } else {
                plan = try Plan(program, images: key[0], height: key[1], width: key[2])
                if state.plans.count >= Self.mostPlans { state.plans.removeAll() }
                state.plans[key] = plan
            }
            let floats = plan.arena + plan.sharedScratch + workers.threads * plan.threadScratch
            if state.workspace.count < floats { state.workspace = Workspace(floats: floats) }
            let run = Run(plan: plan, workers: workers, blas: blas, memory: state.workspace.start)
            run.load(input)
            for step in program.steps { run.execute(step, channels: network.channels) }
            return network.outputs.mapValues { run.tensor($0, channels: network.channels[$0]) }
        }
    }
}

/// Working memory, aligned to cache lines.
private final class Workspace {
    let count: Int
    let start: UnsafeMutablePointer<Float>

    init(floats: Int) {
        count = floats
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(64, floats * 4), alignment: 64)
        start = bytes.bindMemory(to: Float.self, capacity: floats)
    }

    deinit { UnsafeMutableRawPointer(start).deallocate() }
}
