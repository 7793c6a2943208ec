import Foundation
import Testing

@testable import NeuralNetworks

/// The restricted reader of pickles: opcodes one by one, and bytes that nobody wrote.
@Suite struct PickleTests {
    private static func read(_ bytes: [UInt8]) throws -> Pickle {
        var position = 0
        return try PickleMachine.read(Data(bytes), from: &position)
    }

    struct Number: Sendable {
        var bytes: [UInt8], value: Int
    }

    /// Python's `pickle.dumps(value, 2)`.
    @Test(
        "Numbers are Python's",
        arguments: [
            Number(bytes: [0x4B, 255], value: 255), Number(bytes: [0x4D, 0, 1], value: 256),
            Number(bytes: [0x4A, 0xFE, 0xFF, 0xFF, 0xFF], value: -2), Number(bytes: [0x8A, 0], value: 0),
            Number(bytes: [0x8A, 5, 0, 0, 0, 0, 1], value: 1 << 32), Number(bytes: [0x8A, 1, 0x80], value: -128),
            Number(bytes: [0x8A, 8, 0, 0, 0, 0, 0, 0, 0, 0x80], value: .min),
        ])
    func numbersAreRead(_ number: Number) throws {
        #expect(try Self.read([0x80, 2] + number.bytes + [0x2E]).top == .int(number.value))
    }

    @Test("A dictionary that is filled after it was remembered is filled wherever it is recalled")
    func memoRefersToObjects() throws {
        // {} q0, (X"a" K1 u, 0 recalled, both in a tuple.
        let pickle = try Self.read([
            0x7D, 0x71, 0, 0x28, 0x58, 1, 0, 0, 0, 0x61, 0x4B, 1, 0x75, 0x68, 0, 0x86, 0x2E,
        ])
        let items = try #require(pickle.items(pickle.top))
        #expect(items.count == 2 && items[0] == items[1])
        #expect(pickle.entries(items[1]) == ["a": .int(1)])
    }

    @Test("A list that holds itself is a value like any other")
    func cyclesEnd() throws {
        let pickle = try Self.read([0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E])
        #expect(pickle.items(pickle.top) == [pickle.top])
    }

    @Test("A million nested tuples neither exhaust the stack nor pass")
    func depthIsBounded() {
        let bytes = [0x4E] + [UInt8](repeating: 0x85, count: 1_100_000) + [0x2E]
        let error = #expect(throws: TorchProblem.self) { try Self.read(bytes) }
        #expect(error?.text.contains("more than 1000000 values") == true)
        #expect(throws: TorchProblem.self) { try Self.read([UInt8](repeating: 0x28, count: 1_100_000)) }
    }

    @Test(
        "Opcodes that call, import or need what is not there are refused",
        arguments: [
            // BINPERSID of nothing, REDUCE of nothing, TUPLE without a mark, POP_MARK, INST, NEWOBJ, EXT1, OBJ.
            [0x51, 0x2E], [0x52, 0x2E], [0x74, 0x2E], [0x31, 0x2E], [0x69, 0x6F, 0x0A, 0x73, 0x0A, 0x2E], [0x81, 0x2E],
            [0x82, 1, 0x2E], [0x6F, 0x2E], [0x2E], [], [0x68, 3, 0x2E], [0x4E, 0x4E, 0x73, 0x2E],
            [0x7D, 0x28, 0x4E, 0x75],
            [0x58, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E], [0x8A, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0x2E], [0x4E, 0x28, 0x30, 0x2E],
            [0x58, 1, 0, 0, 0, 0xFF, 0x2E],
        ] as [[UInt8]])
    func othersAreRefused(_ bytes: [UInt8]) {
        #expect(throws: TorchProblem.self) { try Self.read(bytes) }
    }

    @Test("Views outside their storage, of repeated values or of impossible sizes are refused")
    func viewsStayInside() throws {
        func view(_ count: Int, _ offset: Int, _ shape: [Int], _ strides: [Int]) throws -> Pickle.View {
            try Pickle.View(storage: 0, count: count, offset: offset, shape: shape, strides: strides)
        }
        #expect(try view(6, 0, [2, 3], [3, 1]).span == 0..<6)
        #expect(try view(6, 1, [1, 3], [0, 2]).span == 1..<6)
        #expect(try view(0, 0, [0, 1 << 40], [1 << 20, 1]).span.isEmpty)
        // Sizes whose product leaves Int, of a view that has no elements.
        #expect(try view(.max, 0, [0, 1 << 32, 2], [1, 1 << 30, 1 << 62]).isContiguous)
        for (count, offset, shape, strides) in [
            (6, 1, [2, 3], [3, 1]), (6, 0, [2, 3], [4, 1]), (1, 0, [1000], [0]), (6, 0, [-1], [1]), (6, 0, [2], [-1]),
            (6, 7, [], []), (6, -1, [1], [1]), (6, 0, [2], [1, 1]), (6, 0, [1 << 40, 1 << 40], [1, 1]),
            (.max, 0, [2, 2], [.max, .max]), (6, 6, [], []),
            (6, 0, Array(repeating: 1, count: 9), Array(repeating: 1, count: 9)),
        ] {
            #expect(throws: TorchProblem.self, "\(shape) \(strides)") { try view(count, offset, shape, strides) }
        }
    }

    @Test("Pickles with any byte changed, and opcodes in any order, are read or refused, never a trap")
    func disorderDoesNotTrap() throws {
        let archive = StoredBytes(try TorchFileTests.fixture("checkpoint.pth"))
        let entry = try #require(ZipArchive(archive).entries["checkpoint/data.pkl"])
        let whole = [UInt8](try archive.read(entry.range))
        func tryOut(_ bytes: [UInt8]) throws {
            do { _ = try Self.read(bytes) } catch is TorchProblem {}
        }
        for place in whole.indices {
            for value in [0, 0x28, 0x52, 0x51, 0x74, 0x75, 0xFF, whole[place] ^ 1] {
                var changed = whole
                changed[place] = value
                try tryOut(changed)
            }
        }
        let codes: [UInt8] = [
            0x28, 0x4E, 0x4B, 0x7D, 0x5D, 0x29, 0x71, 0x68, 0x74, 0x85, 0x86, 0x87, 0x52, 0x51, 0x73, 0x75, 0x61, 0x65,
            0x62, 0x88, 0x94, 0x93, 0x2E, 0, 1,
        ]
        var state: UInt32 = 7
        for _ in 0..<20_000 {
            let bytes = (0..<40).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return codes[Int(state >> 16) % codes.count]
            }
            try tryOut(bytes)
        }
    }
}
