import Foundation

/// Reads a pickle (protocols 2 to 5) by the few opcodes that PyTorch's state dicts are made of. Python's machine calls
/// whatever a pickle names; this one knows three functions and makes values of them (``Pickle/Global``).
struct PickleMachine {
    static let largestPickle = 32 << 20
    static let mostValues = 1_000_000

    private var input: PickleInput
    private var stack: [Pickle.Value] = []
    private var marks: [Int] = []
    private var memo: [Int: Pickle.Value] = [:]
    private var pushed = 0
    private var result = Pickle()

    private init(_ data: Data, from position: Int) { input = PickleInput(data, from: position) }

    /// - Parameters:
    ///   - position: where the pickle starts in `data`; it is behind the pickle afterwards.
    /// - Throws: ``TorchProblem``
    static func read(_ data: Data, from position: inout Int) throws -> Pickle {
        var machine = PickleMachine(data, from: position)
        while try machine.step() {}
        position = machine.input.position
        return machine.result
    }

    /// - Returns: false at the end.
    private mutating func step() throws -> Bool {
        let code = try input.byte()
        switch code {
        case UInt8(ascii: "."):
            result.top = try pop()
            return false
        case 0x80: try input.skip(1)  // PROTO
        case 0x95: try input.skip(8)  // FRAME
        case UInt8(ascii: "("): try mark()
        case UInt8(ascii: "q"): try remember(Int(input.byte()))  // BINPUT
        case UInt8(ascii: "r"): try remember(input.number(4))  // LONG_BINPUT
        case 0x94: try remember(memo.count)  // MEMOIZE
        case UInt8(ascii: "h"): try push(recalled(Int(input.byte())))  // BINGET
        case UInt8(ascii: "j"): try push(recalled(input.number(4)))  // LONG_BINGET
        case UInt8(ascii: "s"), UInt8(ascii: "u"), UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "b"):
            try fill(code)
        case UInt8(ascii: "c"): try push(.global(global(input.line(), input.line())))  // GLOBAL
        case 0x93:  // STACK_GLOBAL
            let (name, module) = (try pop(), try pop())
            guard case .text(let module) = module, case .text(let name) = name else { throw Self.malformed }
            try push(.global(global(module, name)))
        case UInt8(ascii: "Q"): try push(storage(pop()))  // BINPERSID
        case UInt8(ascii: "R"):
            let arguments = try pop()
            try push(call(pop(), arguments))
        default:
            guard let value = try literal(code) else { throw Self.unknown(code) }
            try push(value)
        }
        return true
    }

    /// An opcode that makes a value of its own bytes, or of what lies on the stack; nil for one that is not known.
    private mutating func literal(_ code: UInt8) throws -> Pickle.Value? {
        switch code {
        case UInt8(ascii: "N"): .null
        case 0x88: .bool(true)
        case 0x89: .bool(false)
        case UInt8(ascii: "K"): .int(Int(try input.byte()))
        case UInt8(ascii: "M"): .int(try input.number(2))
        case UInt8(ascii: "J"): .int(Int(Int32(truncatingIfNeeded: try input.number(4))))
        case 0x8A: .int(try input.long())
        case UInt8(ascii: "G"): .double(try input.double())
        case UInt8(ascii: "X"): .text(try input.text(try input.number(4)))
        case 0x8C: .text(try input.text(Int(try input.byte())))
        case UInt8(ascii: "}"): dictionary()
        case UInt8(ascii: "]"), UInt8(ascii: ")"): sequence([])
        case UInt8(ascii: "t"): sequence(try popToMark())
        case 0x85...0x87: sequence(try popLast(Int(code) - 0x84))
        default: nil
        }
    }

    /// Puts values from the stack into the dictionary or list beneath them.
    private mutating func fill(_ code: UInt8) throws {
        switch code {
        case UInt8(ascii: "b"):  // BUILD: attributes, with which a state dict only describes itself
            _ = try pop()
            guard case .dictionary? = stack.last else { throw Self.malformed }
        case UInt8(ascii: "s"), UInt8(ascii: "u"):  // SETITEM, SETITEMS
            let items = try code == UInt8(ascii: "s") ? popLast(2) : popToMark()
            guard case .dictionary(let index)? = stack.last, items.count % 2 == 0 else { throw Self.malformed }
            for place in stride(from: 0, to: items.count, by: 2) {
                result.dictionaries[index].append((items[place], items[place + 1]))
            }
        default:  // APPEND, APPENDS
            let items = try code == UInt8(ascii: "a") ? popLast(1) : popToMark()
            guard case .sequence(let index)? = stack.last else { throw Self.malformed }
            result.sequences[index] += items
        }
    }

    private func global(_ module: String, _ name: String) throws -> Pickle.Global {
        guard let global = Pickle.Global(rawValue: "\(module).\(name)") else {
            let shown = TorchProblem.shown("\(module).\(name)")
            throw TorchProblem("its pickle names \(shown), which a state dict does not need; nothing of it was run")
        }
        return global
    }

    /// ('storage', type, key, device, count) and, in old files, None.
    private mutating func storage(_ value: Pickle.Value) throws -> Pickle.Value {
        guard let items = result.items(value), (5...6).contains(items.count), items[0] == .text("storage"),
            case .global(let global) = items[1], let type = global.elementType, case .text(let key) = items[2],
            case .int(let count) = items[4], count >= 0, items.dropFirst(5).allSatisfy({ $0 == .null })
        else { throw TorchProblem("its pickle refers to something that is not a storage of f32, f16, bf16 or i64") }
        result.storages.append(Pickle.Storage(key: key, type: type, count: count))
        return .storage(result.storages.count - 1)
    }

    private mutating func call(_ function: Pickle.Value, _ arguments: Pickle.Value) throws -> Pickle.Value {
        guard case .global(let global) = function, let items = result.items(arguments) else { throw Self.malformed }
        switch global {
        case .orderedDict where items.isEmpty: return dictionary()
        case .rebuildParameter:
            guard case .tensor? = items.first else { throw Self.malformed }
            return items[0]
        case .rebuildTensor:
            guard items.count >= 4, case .storage(let storage) = items[0], case .int(let offset) = items[1],
                let shape = result.integers(items[2]), let strides = result.integers(items[3])
            else { throw Self.malformed }
            let count = result.storages[storage].count
            result.tensors.append(
                try Pickle.View(storage: storage, count: count, offset: offset, shape: shape, strides: strides))
            return .tensor(result.tensors.count - 1)
        default: throw TorchProblem("its pickle calls \(global.rawValue) in a way that state dicts do not")
        }
    }

    private static var malformed: TorchProblem { TorchProblem("its pickle is damaged") }

    private static func unknown(_ code: UInt8) -> TorchProblem {
        TorchProblem("its pickle has the opcode 0x\(String(code, radix: 16)), which a state dict does not need")
    }
}

// The stack and what lies on it.
extension PickleMachine {
    private mutating func push(_ value: Pickle.Value) throws {
        pushed += 1
        guard pushed <= Self.mostValues else {
            throw TorchProblem("its pickle holds more than \(Self.mostValues) values")
        }
        stack.append(value)
    }

    private mutating func pop() throws -> Pickle.Value {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw Self.malformed }
        return value
    }

    private mutating func popLast(_ count: Int) throws -> [Pickle.Value] {
        guard stack.count - count >= marks.last ?? 0 else { throw Self.malformed }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func mark() throws {
        guard marks.count < Self.mostValues else { throw TorchProblem("its pickle is nested too deeply") }
        marks.append(stack.count)
    }

    private mutating func popToMark() throws -> [Pickle.Value] {
        guard let mark = marks.popLast() else { throw Self.malformed }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private mutating func remember(_ place: Int) throws {
        guard memo.count < Self.mostValues, let value = stack.last else { throw Self.malformed }
        memo[place] = value
    }

    private func recalled(_ place: Int) throws -> Pickle.Value {
        guard let value = memo[place] else { throw Self.malformed }
        return value
    }

    private mutating func dictionary() -> Pickle.Value {
        result.dictionaries.append([])
        return .dictionary(result.dictionaries.count - 1)
    }

    private mutating func sequence(_ items: [Pickle.Value]) -> Pickle.Value {
        result.sequences.append(items)
        return .sequence(result.sequences.count - 1)
    }
}
