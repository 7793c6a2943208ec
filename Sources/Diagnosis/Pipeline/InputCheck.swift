package import Imaging
package import NeuralNetworks

/// What an image that was given as a radiograph may be, in the order of the check's logits.
package enum InputKind: String, CaseIterable, Sendable {
    /// A frontal radiograph of the chest as radiologists look at it.
    case upright
    /// Air is bright.
    case inverted
    /// Its top lies to the left, to the right, or below.
    case turnedLeft = "turned_left"
    case turnedRight = "turned_right"
    case upsideDown = "upside_down"
    /// The patient's left is on the image's left.
    case mirrored
    /// No frontal radiograph of one chest.
    case other

    /// Why such an image is *review*; nil where it isn't.
    package var reason: ReviewReason? {
        switch self {
        case .upright: nil
        case .inverted: .inverted
        case .turnedLeft, .turnedRight, .upsideDown: .turned
        case .mirrored: .mirrored
        case .other: .notAChestRadiograph
        }
    }
}

/// Which images go on to the lungs: the check's limits, on its probabilities.
package struct InputCheckRule: Sendable, Equatable {
    /// Of *upright* and *mirrored* together; below it the image is what is most probable of the others.
    package var minimumUpright: Double
    /// Share that *mirrored* has of the two; from it on the image counts as mirrored. The heart alone tells them apart,
    /// which is less sure than all else, so that it has a limit of its own.
    package var minimumMirrored: Double

    package init(minimumUpright: Double, minimumMirrored: Double) {
        self.minimumUpright = minimumUpright
        self.minimumMirrored = minimumMirrored
    }

    /// What the rule compares, of one image's logits.
    package static func measures(_ logits: [Double]) -> (upright: Double, mirrored: Double) {
        let values = Logits.softmax(logits, temperature: 1)
        let upright = values[index(.upright)]
        let mirrored = values[index(.mirrored)]
        let both = upright + mirrored
        return (both, both > 0 ? mirrored / both : 0)
    }

    /// - Parameter logits: one for each ``InputKind``.
    package func kind(_ logits: [Double]) -> InputKind {
        let (upright, mirrored) = Self.measures(logits)
        if upright < minimumUpright {
            let others = InputKind.allCases.filter { $0 != .upright && $0 != .mirrored }
            return others.max { logits[Self.index($0)] < logits[Self.index($1)] } ?? .other
        }
        return mirrored >= minimumMirrored ? .mirrored : .upright
    }

    private static func index(_ kind: InputKind) -> Int { InputKind.allCases.firstIndex(of: kind) ?? 0 }
}

/// Whether an analysis image is an upright frontal radiograph of the chest (method §7).
package struct InputCheck: Sendable {
    /// As the lungs' network is given it, but of the image that was not equalised: polarity has to survive.
    package let input: SegmentationInput
    private let executor: Executor

    package init(input: SegmentationInput, executor: Executor) {
        self.input = input
        self.executor = executor
    }

    /// Another with the same packed weights, for runs at the same time.
    init(sharing other: InputCheck) {
        self.init(input: other.input, executor: Executor(sharing: other.executor))
    }

    /// Squares in one run of the network: bounds its memory.
    private static let batch = 32

    /// Of squares that ``SegmentationInput/square(of:)`` made.
    package func logits(of squares: [GreyPlane], shouldStop: () -> Bool = { false }) throws -> [[Double]] {
        let kinds = InputKind.allCases.count
        var logits: [[Double]] = []
        for start in stride(from: 0, to: squares.count, by: Self.batch) {
            guard !shouldStop() else { throw CancellationError() }
            let some = Array(squares[start..<min(squares.count, start + Self.batch)])
            guard let scores = try executor.run(input.tensor(of: some))[InputCheckNetwork.Output.logits] else {
                throw NeuralNetworkError.input(network: executor.network.name, problem: "returns no logits")
            }
            for image in 0..<some.count {
                logits.append(scores.values[image * kinds..<(image + 1) * kinds].map(Double.init))
            }
        }
        return logits
    }

    /// - Returns: nil for an image that goes on to the lungs.
    func problem(of image: GreyPlane, rule: InputCheckRule) throws -> ReviewReason? {
        try logits(of: [input.square(of: image)]).first.flatMap { rule.kind($0).reason }
    }
}

extension InputCheckSettings {
    var input: SegmentationInput {
        SegmentationInput(side: inputSide, mean: Float(mean), deviation: Float(deviation))
    }

    package var rule: InputCheckRule {
        InputCheckRule(minimumUpright: minimumUpright, minimumMirrored: minimumMirrored)
    }
}

extension ModelBundle {
    /// Nil where the bundle has no check.
    package func makeInputCheck(threads: Int) throws -> InputCheck? {
        guard let weights = inputCheck, let settings = configuration.inputCheck else { return nil }
        return InputCheck(input: settings.input, executor: try Executor(weights, threads: threads))
    }
}
