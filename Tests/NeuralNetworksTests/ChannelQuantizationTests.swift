import Foundation
import Testing

@testable import NeuralNetworks

/// Signed bytes with a scale for each output channel, against numpy (Fixtures/make_written.py).
@Suite struct ChannelQuantizationTests {
    static func fixture() throws -> WeightsFile {
        try WeightsFile(contentsOf: WeightsWriterTests.fixture("bytes.safetensors"))
    }

    @Test("Bytes times the scale of their first dimension's index are read, and scales are no tensors of their own")
    func bytesAreWidened() throws {
        let file = try Self.fixture()
        #expect(try file.tensor("w").values == file.tensor("product").values)
        #expect(file.shape(of: "w") == [3, 2, 2])
        #expect(file.shape(of: "w.scale") == nil)
        #expect(!file.names.contains("w.scale"))
        #expect(throws: NeuralNetworkError.self) { try file.tensor("w.scale") }
    }

    @Test("The error is within a tenth of the least that any scale gives", arguments: ["normal", "heavy", "uniform"])
    func errorIsNearTheLeast(_ name: String) throws {
        let file = try Self.fixture()
        let weights = try file.tensor(name)
        let least = try file.tensor("best.\(name)").values
        var writer = WeightsFileWriter()
        writer.add("w", weights, as: .i8)
        let read = try WeightsFile(writer.data(path: "w"), path: "w").tensor("w")
        let size = weights.shape[1]
        for (channel, bound) in least.enumerated() {
            let range = channel * size..<(channel + 1) * size
            let error = range.reduce(0) { $0 + pow(Double(weights.values[$1] - read.values[$1]), 2) }
            #expect(error <= Double(bound) * 1.1, "channel \(channel): \(error / Double(bound))")
            let plain = weights.values[range].reduce(0) { max($0, abs($1)) } / 127
            let plainError = range.reduce(0) {
                $0 + pow(Double(weights.values[$1] - (weights.values[$1] / plain).rounded() * plain), 2)
            }
            #expect(error <= plainError * 1.000001)
        }
    }

    @Test("Zeros have the scale zero, and grids that bytes hold exactly come back exactly")
    func exactValuesComeBack() throws {
        let grid = (-127...127).map { Float($0) * 0.25 }
        var writer = WeightsFileWriter()
        writer.add("w", Tensor(shape: [2, 255], values: grid + Array(repeating: 0, count: 255)), as: .i8)
        let quantized = ChannelQuantization(Tensor(shape: [2, 255], values: grid + Array(repeating: 0, count: 255)))
        #expect(quantized.scales == [0.25, 0])
        let read = try WeightsFile(writer.data(path: "w"), path: "w").tensor("w")
        #expect(read.values == grid + Array(repeating: 0, count: 255))
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var header: String, bytes: Int, says: String
        var testDescription: String { says }
    }

    static let damages = [
        Damage(
            header: #"{"w":{"dtype":"I8","shape":[2,1],"data_offsets":[0,2]}}"#, bytes: 2,
            says: "scales w.scale are missing"),
        Damage(
            header: #"{"w.scale":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
                + #""w":{"dtype":"I8","shape":[2,1],"data_offsets":[4,6]}}"#, bytes: 6,
            says: "scales w.scale are F32 of shape [1] instead of F32 of shape [2]"),
        Damage(
            header: #"{"w.scale":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"#
                + #""w":{"dtype":"I8","shape":[2,1],"data_offsets":[4,6]}}"#, bytes: 6,
            says: "scales w.scale are F16 of shape [2]"),
        Damage(
            header: #"{"w.scale":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
                + #""w":{"dtype":"I8","shape":[],"data_offsets":[4,5]}}"#, bytes: 5, says: "has no dimensions"),
    ]

    @Test("Bytes without scales that suit them are refused", arguments: damages)
    func damageIsNamed(_ damage: Damage) {
        let error = #expect(throws: NeuralNetworkError.self) {
            try WeightsFile(
                WeightsFileTests.file(damage.header, Array(repeating: 1, count: damage.bytes)), path: "weights.file")
        }
        #expect(error?.description.contains(damage.says) == true)
    }

    @Test("A scale that makes infinity of a byte is refused")
    func infiniteProductIsRefused() throws {
        let header =
            #"{"w.scale":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
            + #""w":{"dtype":"I8","shape":[1,1],"data_offsets":[4,5]}}"#
        let file = try WeightsFile(WeightsFileTests.file(header, [0, 0, 0x7F, 0x7F, 127]), path: "w")
        let error = #expect(throws: NeuralNetworkError.self) { try file.tensor("w") }
        #expect(error?.description.contains("is not a finite number") == true)
    }
}
