/// The objects of a pickle as values that refer to each other by index: no object can hold itself, and nothing that a file
/// says is run.
struct Pickle {
    enum Value: Equatable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case text(String)
        /// An index into ``Pickle/sequences``: a tuple or a list.
        case sequence(Int)
        /// An index into ``Pickle/dictionaries``.
        case dictionary(Int)
        case global(Global)
        /// An index into ``Pickle/storages``.
        case storage(Int)
        /// An index into ``Pickle/tensors``.
        case tensor(Int)
    }

    /// The names that state dicts use; a pickle that names anything else is refused.
    enum Global: String {
        case orderedDict = "collections.OrderedDict"
        case rebuildTensor = "torch._utils._rebuild_tensor_v2"
        case rebuildParameter = "torch._utils._rebuild_parameter"
        case floatStorage = "torch.FloatStorage"
        case halfStorage = "torch.HalfStorage"
        case bfloat16Storage = "torch.BFloat16Storage"
        case longStorage = "torch.LongStorage"

        /// What a storage of that name holds.
        var elementType: SafetensorsHeader.ElementType? {
            switch self {
            case .floatStorage: .f32
            case .halfStorage: .f16
            case .bfloat16Storage: .bf16
            case .longStorage: .i64
            case .orderedDict, .rebuildTensor, .rebuildParameter: nil
            }
        }
    }

    /// Numbers that lie outside the pickle, under a key.
    struct Storage: Equatable {
        var key: String
        var type: SafetensorsHeader.ElementType
        var count: Int
    }

    /// A view of a storage: element i of dimension d is `strides[d]` values behind element i - 1.
    struct View: Equatable {
        /// An index into ``Pickle/storages``.
        var storage: Int
        var offset: Int
        var shape: [Int]
        var strides: [Int]

        var count: Int { shape.reduce(1, *) }

        /// The values of the storage that the view may touch.
        var span: Range<Int> {
            guard count > 0 else { return offset..<offset }
            return offset..<zip(shape, strides).reduce(offset) { $0 + ($1.0 - 1) * $1.1 } + 1
        }

        var isContiguous: Bool {
            guard count > 0 else { return true }
            var expected = 1
            for (size, stride) in zip(shape, strides).reversed() where size != 1 {
                guard stride == expected else { return false }
                expected *= size
            }
            return true
        }

        /// - Throws: ``TorchProblem`` when the view leaves its storage, or repeats values of it.
        init(storage: Int, count: Int, offset: Int, shape: [Int], strides: [Int]) throws {
            let limit = SafetensorsHeader.mostDimensions
            guard shape.count == strides.count, shape.count <= limit, offset >= 0, offset <= count,
                shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
            else { throw TorchProblem("a tensor has an impossible shape or strides") }
            var (elements, last) = (1, offset)
            for (size, stride) in zip(shape, strides) {
                let product = elements.multipliedReportingOverflow(by: size)
                let step = max(0, size - 1).multipliedReportingOverflow(by: stride)
                let sum = last.addingReportingOverflow(step.partialValue)
                guard !product.overflow, !step.overflow, !sum.overflow else {
                    throw TorchProblem("a tensor has an impossible shape \(shape)")
                }
                (elements, last) = (product.partialValue, sum.partialValue)
            }
            guard elements <= count, elements == 0 || last < count else {
                throw TorchProblem("a tensor of shape \(shape) does not lie within its storage of \(count) values")
            }
            (self.storage, self.offset, self.shape, self.strides) = (storage, offset, shape, strides)
        }
    }

    var top = Value.null
    var sequences: [[Value]] = []
    var dictionaries: [[(key: Value, value: Value)]] = []
    var storages: [Storage] = []
    var tensors: [View] = []

    /// The items of a tuple or a list.
    func items(_ value: Value) -> [Value]? {
        if case .sequence(let index) = value { sequences[index] } else { nil }
    }

    /// Whole numbers of a tuple or a list.
    func integers(_ value: Value) -> [Int]? {
        guard let items = items(value) else { return nil }
        let integers = items.compactMap { if case .int(let number) = $0 { number } else { nil } }
        return integers.count == items.count ? integers : nil
    }

    /// A dictionary's entries that have text for a key; of equal keys the last counts.
    func entries(_ value: Value) -> [String: Value]? {
        guard case .dictionary(let index) = value else { return nil }
        let pairs = dictionaries[index].compactMap { pair -> (String, Value)? in
            if case .text(let key) = pair.key { (key, pair.value) } else { nil }
        }
        return Dictionary(pairs) { $1 }
    }
}
