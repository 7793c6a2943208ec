package import Imaging
package import NeuralNetworks

/// A ResNet-101 that tells classes apart, with the weights of its last layer, which the class activation map needs.
package struct ClassNetwork: Sendable {
    let executor: Executor
    /// Classes × features.
    let classWeight: Tensor

    /// What it says of some squares.
    package struct Answer {
        /// For each square, in the order of the classes.
        package var logits: [[Double]] = []
        /// The last layer's input, squares × features × rows × columns, for each run of the network.
        var maps: [Tensor] = []
    }

    package init(
        _ weights: NetworkWeights, threads: Int, precision: Precision = .f32, calibration: Calibration? = nil,
        recordsRanges: Bool = false
    ) throws {
        executor = try Executor(
            weights, threads: threads, precision: precision, calibration: calibration, recordsRanges: recordsRanges)
        classWeight = try weights.tensor(ResNet101.classWeight)
    }

    /// Another with the same packed weights, for runs at the same time.
    init(sharing other: ClassNetwork) {
        executor = Executor(sharing: other.executor)
        classWeight = other.classWeight
    }

    /// Squares in one run of the network: bounds its memory.
    private static let batch = 8

    /// - Parameter keepsMaps: of many squares they would take much memory.
    /// - Throws: `CancellationError` when `shouldStop` says so.
    package func answer(
        of squares: [GreyPlane], _ input: PatchInput, keepsMaps: Bool = true, shouldStop: () -> Bool = { false }
    ) throws -> Answer {
        let classes = classWeight.shape[0]
        var answer = Answer()
        for start in stride(from: 0, to: squares.count, by: Self.batch) {
            guard !shouldStop() else { throw CancellationError() }
            let some = Array(squares[start..<min(squares.count, start + Self.batch)])
            let out = try executor.run(input.tensor(of: some))
            guard let scores = out[ResNet101.Output.logits], let maps = out[ResNet101.Output.features] else {
                throw NeuralNetworkError.input(network: executor.network.name, problem: "returns no logits")
            }
            answer.logits += some.indices.map { square in
                scores.values[square * classes..<(square + 1) * classes].map(Double.init)
            }
            if keepsMaps { answer.maps.append(maps) }
        }
        return answer
    }
}

extension ClassNetwork.Answer {
    /// Means over the squares.
    var meanLogits: [Double] {
        (logits.first ?? []).indices.map { name in logits.reduce(0) { $0 + $1[name] } / Double(logits.count) }
    }

    /// Share of squares whose largest logit is this class's.
    func agreement(on name: Int) -> Double {
        Double(logits.count { Logits.top($0) == name }) / Double(max(1, logits.count))
    }

    /// Of the maps, over squares, rows and columns.
    var meanFeatures: [Float] {
        var sums = [Double](repeating: 0, count: maps.first?.shape[1] ?? 0)
        var count = 0
        for batch in maps {
            let pixels = batch.shape[2] * batch.shape[3]
            count += batch.shape[0] * pixels
            for square in 0..<batch.shape[0] {
                for feature in sums.indices {
                    let start = (square * sums.count + feature) * pixels
                    sums[feature] += batch.values[start..<start + pixels].reduce(0.0) { $0 + Double($1) }
                }
            }
        }
        return sums.map { Float($0 / Double(max(1, count))) }
    }
}
