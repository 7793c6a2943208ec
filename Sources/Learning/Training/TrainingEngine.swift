public import NeuralNetworks

/// What trains a network: `Trainer`, or a small one that tests can follow by hand.
public protocol TrainingEngine: AnyObject {
    /// Forward with batch statistics, backward, update.
    /// - Parameter seed: of the dropout.
    func step(_ input: Tensor, _ target: TrainingTarget, _ descent: DescentSettings, seed: UInt64) throws -> StepResult
    /// Moves the running statistics, and nothing else.
    func updateStatistics(_ input: Tensor, momentum: Float) throws
    /// The weights' average where one is kept, else the weights; with running statistics over the batches, without dropout.
    func averaged(statisticsOver batches: [Tensor]) throws -> Parameters
    /// Everything that a checkpoint needs so that going on gives the same bits.
    var state: [String: Tensor] { get }
    func restore(_ state: [String: Tensor]) throws
    /// Prefixes of the names of layers that stay as they are.
    var frozen: [String] { get set }
}

extension Trainer: TrainingEngine {}
