/// Which tensor of a pretrained ResNet becomes which of ResNet-101's: names and shapes only.
struct ResNetPlan: Equatable {
    enum Origin: Equatable {
        /// The source's tensor of that name, as it is.
        case copied(String)
        /// Kernels of rows × columns × depth, summed over depth: what a 3-D network computes on a volume of equal slices.
        case flattened(String)
        /// The source has none.
        case fresh
    }

    /// Reasons without the file's name, which the caller adds.
    struct Problem: Error, Equatable {
        var text: String
    }

    /// 50, 101 or 152.
    private(set) var depth: Int
    private(set) var isInflated = false
    /// Blocks of the source that have no place in ResNet-101, and blocks of ResNet-101 that the source lacks.
    private(set) var droppedBlocks = 0
    private(set) var addedBlocks = 0
    /// Where each of ResNet-101's parameters comes from.
    private(set) var origins: [String: Origin] = [:]

    /// Bottlenecks of the four stages (He et al. 2016, Table 1).
    private static let stages = [50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]]

    /// The blocks of ResNet-152 that stay, by stage: in the chest-CT network that training starts from, those that change
    /// their input most on chest radiographs.
    private static let kept = [
        2: [0, 1, 2, 4],
        3: [0, 1, 2, 3, 4, 5, 9, 13, 14, 15, 16, 17, 19, 22, 23, 28, 29, 30, 31, 32, 33, 34, 35],
    ]

    /// Wrappers of a network that put their own name before all of its tensors'.
    private static let prefix = "module."

    /// - Parameters:
    ///   - shapes: the source's tensors.
    ///   - network: ResNet-101 with the classes that are wanted.
    /// - Throws: ``Problem`` when the source is no ResNet of a known depth, or a tensor is missing, unknown or misshapen.
    init(shapes: [String: [Int]], network: Network) throws(Problem) {
        var names: [String: String] = [:]
        for name in shapes.keys where !name.hasSuffix(".num_batches_tracked") {
            let plain = name.hasPrefix(Self.prefix) ? String(name.dropFirst(Self.prefix.count)) : name
            guard names.updateValue(name, forKey: plain) == nil else {
                throw Problem(text: "it has tensor \(Self.shown(plain)) twice, with and without \(Self.prefix)")
            }
        }
        depth = try Self.depth(of: names.keys)
        var used: Set<String> = []
        for parameter in network.parameters {
            let isHead = parameter.name.hasPrefix("fc.")
            guard let plain = sourceName(of: parameter.name) else {
                origins[parameter.name] = .fresh
                continue
            }
            if isHead, names[plain].flatMap({ shapes[$0] }) != parameter.shape {
                origins[parameter.name] = .fresh
                continue
            }
            guard let name = names[plain], let shape = shapes[name] else {
                throw Problem(text: "tensor \(plain) of ResNet-\(depth) is missing")
            }
            origins[parameter.name] = try Self.origin(name, shape, parameter)
            used.insert(plain)
        }
        // A weight of the source's classes with a bias of this program's would be a head of neither.
        if origins["fc.weight"] == .fresh || origins["fc.bias"] == .fresh {
            origins["fc.weight"] = .fresh
            origins["fc.bias"] = .fresh
        }
        isInflated = origins.values.contains { if case .flattened = $0 { true } else { false } }
        countBlocks()
        let unknown = names.keys.sorted().first { !used.contains($0) && !$0.hasPrefix("fc.") && !isDropped($0) }
        if let unknown { throw Problem(text: "tensor \(Self.shown(unknown)) is none of ResNet-\(depth)'s") }
    }

    /// Whether the last layer is the source's.
    var keepsHead: Bool { origins["fc.weight"] != .fresh }

    private static func origin(
        _ name: String, _ shape: [Int], _ parameter: Network.Parameter
    ) throws(Problem) -> Origin {
        if shape == parameter.shape { return .copied(name) }
        var flat = shape
        if shape.count == 5, (1...64).contains(flat.remove(at: 2)), flat == parameter.shape { return .flattened(name) }
        throw Problem(text: "tensor \(shown(name)) has the shape \(shape) instead of \(parameter.shape)")
    }

    private static func shown(_ name: String) -> String { TorchProblem.shown(name) }
}

// Blocks: `layer3.17.conv2.weight` is of stage 3, block 17.
extension ResNetPlan {
    private struct Block {
        var stage: Int
        var index: Int
        var rest: Substring

        init?(_ name: String) {
            let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].hasPrefix("layer"), let stage = Int(parts[0].dropFirst(5)),
                let index = Int(parts[1]), (1...4).contains(stage), (0..<1000).contains(index)
            else { return nil }
            (self.stage, self.index, rest) = (stage, index, parts[2])
        }
    }

    private static func depth(of names: some Sequence<String>) throws(Problem) -> Int {
        var counts = [0, 0, 0, 0]
        for block in names.lazy.compactMap(Block.init) {
            counts[block.stage - 1] = max(counts[block.stage - 1], block.index + 1)
        }
        guard let depth = stages.first(where: { $0.value == counts })?.key else {
            throw Problem(
                text:
                    "it has stages of \(counts.map(String.init).joined(separator: ", ")) blocks; ResNet-50, 101 and 152"
                    + " are read")
        }
        return depth
    }

    /// What the source calls one of ResNet-101's parameters; nil in a block that the source lacks.
    private func sourceName(of parameter: String) -> String? {
        guard let block = Block(parameter), let count = Self.stages[depth]?[block.stage - 1] else { return parameter }
        let index = depth == 152 ? Self.kept[block.stage]?[block.index] ?? block.index : block.index
        return index < count ? "layer\(block.stage).\(index).\(block.rest)" : nil
    }

    private func isDropped(_ plain: String) -> Bool {
        guard depth == 152, let block = Block(plain), let kept = Self.kept[block.stage] else { return false }
        return !kept.contains(block.index)
    }

    private mutating func countBlocks() {
        guard let own = Self.stages[101], let source = Self.stages[depth] else { return }
        let differences = zip(source, own).map { $0 - $1 }
        droppedBlocks = differences.reduce(0) { $0 + max(0, $1) }
        addedBlocks = differences.reduce(0) { $0 + max(0, -$1) }
    }
}
