import Synchronization

/// The packed weights of a program, each made when a plan first wants it.
final class CellKernels: Sendable {
    private struct Key: Hashable {
        var step: Int
        var method: ConvolutionMethod
        var element: Element
    }

    private struct Packed {
        var convolutions: [Key: PackedConvolution] = [:]
        var transposed: [Int: PackedTransposed] = [:]
    }

    let weights: NetworkWeights
    private let program: Program
    private let packed = Mutex(Packed())

    init(_ program: Program, _ weights: NetworkWeights) {
        self.program = program
        self.weights = weights
    }

    /// - Precondition: the step is a convolution.
    func convolution(_ step: Int, _ method: ConvolutionMethod, _ element: Element) throws -> PackedConvolution {
        guard case .convolution(let fused) = program.steps[step].kernel else {
            preconditionFailure("step \(step) is no convolution")
        }
        return try packed.withLock { packed in
            let key = Key(step: step, method: method, element: element)
            if let known = packed.convolutions[key] { return known }
            let made = try PackedConvolution(fused, method, element, weights)
            packed.convolutions[key] = made
            return made
        }
    }

    /// - Precondition: the step is a transposed convolution.
    func transposed(_ step: Int) throws -> PackedTransposed {
        guard case .transposed(let layer) = program.steps[step].kernel else {
            preconditionFailure("step \(step) is no transposed convolution")
        }
        return try packed.withLock { packed in
            if let known = packed.transposed[step] { return known }
            let made = try PackedTransposed(
                layer, inputs: program.channels[program.steps[step].inputs[0]], weights)
            packed.transposed[step] = made
            return made
        }
    }
}
