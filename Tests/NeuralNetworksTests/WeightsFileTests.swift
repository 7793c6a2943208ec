import Foundation
import NeuralNetworks
import Testing

/// Safetensors, read strictly: every damage is a sentence, none is a crash.
@Suite struct WeightsFileTests {
    static func file(_ header: String, _ body: [UInt8]) -> Data {
        let text = Array(header.utf8)
        return Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + body)
    }

    @Test("f32, f16, bf16 and bytes are widened")
    func typesAreWidened() throws {
        let header = """
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},\
            "c":{"dtype":"F16","shape":[2,2],"data_offsets":[8,16]},"d":{"dtype":"U8","shape":[2],"data_offsets":[16,18]},\
            "__metadata__":{"format":"pt"}}
            """
        // 1.5; 1, -2.5; 1, -2, 2^-24, 65504; 7, 255.
        let body: [UInt8] = [
            0, 0, 0xC0, 0x3F, 0x80, 0x3F, 0x20, 0xC0, 0, 0x3C, 0, 0xC0, 1, 0, 0xFF, 0x7B, 7, 255,
        ]
        let file = try WeightsFile(Self.file(header, body), path: "test")
        #expect(file.names == ["a", "b", "c", "d"])
        #expect(try file.tensor("a").values == [1.5])
        let swapped = try file.tensor("b").values
        #expect(swapped == [1, -2.5])
        #expect(try file.tensor("c") == Tensor(shape: [2, 2], values: [1, -2, 0x1p-24, 65504]))
        #expect(try file.tensor("d").values == [7, 255])
        #expect(try file.bytes("d") == [7, 255])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var header: String, bytes: Int, says: String
        var testDescription: String { says }
    }

    static let damages = [
        Damage(header: "[]", bytes: 0, says: "not a JSON object"),
        Damage(header: "{", bytes: 0, says: "not a JSON object"),
        Damage(header: #"{"a":1}"#, bytes: 0, says: "lacks dtype"),
        Damage(header: #"{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}"#, bytes: 1, says: "the type F8"),
        Damage(header: #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, bytes: 4, says: "lacks dtype"),
        Damage(header: #"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, bytes: 4, says: "lacks dtype"),
        Damage(
            header: #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, bytes: 4,
            says: "impossible shape"),
        Damage(header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, bytes: 4, says: "takes 8 bytes"),
        Damage(header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, bytes: 4, says: "outside the file"),
        Damage(header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, bytes: 4, says: "outside the file"),
        Damage(header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, bytes: 6, says: "2 bytes follow"),
        Damage(header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, bytes: 8, says: "leaves a gap"),
        Damage(
            header:
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
            bytes: 6, says: "overlaps another"),
    ]

    @Test("A damaged header is refused with its reason", arguments: damages)
    func damageIsNamed(_ damage: Damage) {
        let error = #expect(throws: NeuralNetworkError.self) {
            try WeightsFile(Self.file(damage.header, Array(repeating: 0, count: damage.bytes)), path: "weights.file")
        }
        #expect(error?.description.contains(damage.says) == true)
        #expect(error?.description.contains("weights.file") == true)
    }

    @Test("A file cut anywhere is refused")
    func truncationIsRefused() throws {
        let whole = Self.file(
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, [0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F])
        #expect(try WeightsFile(whole, path: "w").tensor("a").values == [1, 1])
        for length in 0..<whole.count {
            #expect(throws: NeuralNetworkError.self) { try WeightsFile(whole.prefix(length), path: "w") }
        }
    }

    @Test("A header length beyond the file takes no memory")
    func hugeHeaderIsRefused() {
        #expect(throws: NeuralNetworkError.self) {
            try WeightsFile(Data(repeating: 0xFF, count: 64), path: "w")
        }
    }

    @Test("NaN and infinity are refused", arguments: [[0, 0, 0xC0, 0x7F], [0, 0, 0x80, 0xFF]] as [[UInt8]])
    func notFiniteIsRefused(_ bytes: [UInt8]) throws {
        let file = try WeightsFile(
            Self.file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, [0, 0, 0, 0] + bytes), path: "w")
        let error = #expect(throws: NeuralNetworkError.self) { try file.tensor("a") }
        #expect(error?.description.contains("value 1 of tensor a") == true)
    }

    @Test("Weights must be the network's: none missing, none unknown, every shape right")
    func weightsMustFit() throws {
        var network = Network(name: "Test-1", inputChannels: 1)
        network.setOutput("y", network.append(.convolution(.init("c", outputs: 1, kernel: 1, hasBias: false)), 0))
        func weights(_ names: [String], shape: String = "[1,1,1,1]") throws -> NetworkWeights {
            let entries = names.enumerated().map {
                #""\#($1)":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(4 * $0),\#(4 * $0 + 4)]}"#
            }
            let file = Self.file("{\(entries.joined(separator: ","))}", Array(repeating: 0, count: 4 * names.count))
            return try NetworkWeights(network, from: WeightsFile(file, path: "w"))
        }
        _ = try weights(["c.weight"])
        _ = try weights(["c.weight", "n.num_batches_tracked"])
        for (names, shape, says) in [
            ([], "[1,1,1,1]", "tensor c.weight is missing"), (["c.weight", "d"], "[1,1,1,1]", "tensor d is unknown"),
            (["c.weight"], "[1]", "has the shape [1] instead of [1, 1, 1, 1]"),
        ] {
            let error = #expect(throws: NeuralNetworkError.self) { try weights(names, shape: shape) }
            #expect(error?.description.contains(says) == true)
        }
    }
}
