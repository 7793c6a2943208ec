/// The ranges of a network's activations over some images: what bytes stand for.
public struct Calibration: Sendable, Hashable, Codable {
    /// Smallest and largest value of each layer's output, by the layer's name.
    public private(set) var ranges: [String: [Float]] = [:]

    /// What the network's input is called.
    static let input = "input"

    /// No layer has a range yet.
    public init() {}

    /// Takes in what a layer gave for another input.
    public mutating func include(_ layer: String, least: Float, most: Float) {
        let known = ranges[layer] ?? [least, most]
        ranges[layer] = [min(known[0], least), max(known[1], most)]
    }

    /// Bytes for a layer's range: 0 is exact, since padding is 0.
    func element(for layer: String) -> Element? {
        guard let range = ranges[layer], range.count == 2, range[0].isFinite, range[1].isFinite else { return nil }
        let low = min(range[0], 0)
        let high = max(range[1], low + .leastNormalMagnitude * 256, 0)
        let scale = (high - low) / 255
        return .u8(scale: scale, zero: Int32((-low / scale).rounded()))
    }
}

extension Program {
    /// The elements of all values in lower precision.
    func elements(_ precision: Precision, _ calibration: Calibration?) throws -> [Network.NodeID: Element] {
        var elements: [Network.NodeID: Element] = [:]
        for step in steps where lowValues.contains(step.output) {
            guard precision == .int8 else {
                elements[step.output] = .bf16
                continue
            }
            let name = Self.name(of: origin(of: step))
            guard let element = calibration?.element(for: name) else {
                throw NeuralNetworkError.calibration(
                    network: network.name, problem: calibration == nil ? "none is given" : "layer \(name) has no range")
            }
            elements[step.output] = element
        }
        // Only bytes gain by a stem of their own.
        if precision == .int8, let input = calibration?.element(for: Calibration.input) { elements[0] = input }
        return elements
    }

    /// The step whose range a value has: what is narrowed or pooled has that of what it was.
    private func origin(of step: Step) -> Step {
        switch step.kernel {
        case .narrow, .maxPool: steps.last { $0.output == step.inputs[0] }.map(origin) ?? step
        default: step
        }
    }
}
