import Foundation
import HilumTesting
import Testing

@testable import NeuralNetworks

/// Safetensors, written: against files of Hugging Face's library (Fixtures/make_written.py).
@Suite struct WeightsWriterTests {
    static func fixture(_ name: String) -> URL {
        Workplace.root.appending(path: "Tests/NeuralNetworksTests/Fixtures/\(name)")
    }

    @Test("f32 and bf16 are written byte for byte as Hugging Face's library and PyTorch write them")
    func bytesAreThoseOfTheLibrary() throws {
        let url = Self.fixture("written.safetensors")
        let file = try WeightsFile(contentsOf: url)
        var writer = WeightsFileWriter(metadata: ["format": "pt"])
        writer.add("c.f32", try file.tensor("c.f32"), as: .f32)
        writer.add(#"a "bf16"\"#, try file.tensor("b.f32"), as: .bf16)
        writer.add("b.f32", try file.tensor("b.f32"), as: .f32)
        #expect(try writer.data(path: "w") == Data(contentsOf: url))
    }

    @Test("Names and metadata of any characters come back, and the header is a multiple of eight bytes")
    func headersAreEscapedAndPadded() throws {
        for name in ["a", "ab", "abc", "\u{1}\n\t\"\\é☃", ""] {
            var writer = WeightsFileWriter(metadata: ["m" + name: name, "z": "2", "0": "1"])
            writer.add(name, Tensor(shape: [], values: [2]), as: .f32)
            writer.add("empty", Tensor(shape: [0, 3], values: []), as: .i8)
            let data = try writer.data(path: "w")
            #expect(data[0] % 8 == 0)
            let file = try WeightsFile(data, path: "w")
            #expect(try file.tensor(name) == Tensor(shape: [], values: [2]))
            #expect(try file.tensor("empty").shape == [0, 3])
            let header = try JSONSerialization.jsonObject(with: data[8..<8 + Int(data[0]) + 256 * Int(data[1])])
            let metadata = (header as? [String: Any])?["__metadata__"] as? [String: String]
            #expect(metadata?["m" + name] == name)
        }
    }

    @Test("A network's parameters come back: f32 exactly, bf16 to 8 bits, bytes to half a step")
    func parametersComeBack() throws {
        var network = Network(name: "Test-2", inputChannels: 2)
        let convolution = Network.Convolution("c", outputs: 3, kernel: 3, padding: 1, hasBias: true)
        network.setOutput("y", network.append(.convolution(convolution), 0))
        let weight = (0..<54).map { Float(sin(Double($0))) }
        let bias: [Float] = [0.1, 0.2, 0.3]
        let parameters = Parameters(
            network,
            tensors: [
                "c.weight": Tensor(shape: [3, 2, 3, 3], values: weight), "c.bias": Tensor(shape: [3], values: bias),
            ])
        try Workplace.withTemporaryFolder { folder in
            let url = folder.appending(path: "w.safetensors")
            for (precision, bound) in [(StoredPrecision.f32, 0), (.bf16, Float(0x1p-9)), (.i8, 0.5 / 127)] {
                try parameters.write(to: url, as: precision)
                let type = Data("\"\(precision.rawValue.uppercased())\"".utf8)
                #expect(try Data(contentsOf: url).range(of: type) != nil)
                let read = try Parameters(NetworkWeights(network, from: WeightsFile(contentsOf: url)))
                #expect(zip(read["c.weight"].values, weight).allSatisfy { abs($0 - $1) <= bound })
                #expect(read["c.bias"].values == bias || precision == .bf16)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["w.safetensors"])
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var value: Float, precision: StoredPrecision, says: String
        var testDescription: String { "\(value) as \(precision.rawValue)" }
    }

    @Test(
        "A value that would not come back is refused, and the old file stays",
        arguments: [
            Refusal(value: .nan, precision: .f32, says: "tensor a has the value nan"),
            Refusal(value: .infinity, precision: .i8, says: "tensor a has the value inf"),
            Refusal(value: .greatestFiniteMagnitude, precision: .bf16, says: "which bf16 does not hold"),
        ])
    func notFiniteIsRefused(_ refusal: Refusal) throws {
        try Workplace.withTemporaryFolder { folder in
            let url = folder.appending(path: "w")
            try Data("old".utf8).write(to: url)
            var writer = WeightsFileWriter()
            writer.add("a", Tensor(shape: [1, 2], values: [0, refusal.value]), as: refusal.precision)
            let error = #expect(throws: NeuralNetworkError.self) { try writer.write(to: url) }
            #expect(error?.description.contains(refusal.says) == true)
            #expect(try Data(contentsOf: url) == Data("old".utf8))
        }
    }

    @Test("The largest and smallest f32 come back from bytes or are refused, but never become infinity")
    func largestValuesSurviveBytes() throws {
        var writer = WeightsFileWriter()
        writer.add("a", Tensor(shape: [1, 1], values: [.greatestFiniteMagnitude]), as: .i8)
        writer.add("b", Tensor(shape: [1, 1], values: [.leastNonzeroMagnitude]), as: .i8)
        writer.add("c", Tensor(shape: [1, 1], values: [130 * .leastNormalMagnitude]), as: .i8)
        guard let data = try? writer.data(path: "w") else { return }
        #expect(try WeightsFile(data, path: "w").tensor("a").values[0].isFinite)
        #expect(try WeightsFile(data, path: "w").tensor("b").values == [0])
        #expect(try WeightsFile(data, path: "w").tensor("c").values == [0])
    }

    @Test("Names that collide with scales are refused")
    func collisionIsRefused() {
        var writer = WeightsFileWriter()
        writer.add("a", Tensor(shape: [1, 1], values: [1]), as: .i8)
        writer.add("a.scale", Tensor(shape: [1], values: [1]), as: .f32)
        let error = #expect(throws: NeuralNetworkError.self) { try writer.data(path: "w") }
        #expect(error?.description.contains("two tensors have one name") == true)
    }

    @Test("Missing folders, folders in the file's place and full disks are sentences that leave nothing behind")
    func disksProblemsAreSentences() throws {
        var writer = WeightsFileWriter()
        writer.add("a", Tensor(shape: [1], values: [1]), as: .f32)
        try Workplace.withTemporaryFolder { folder in
            let missing = #expect(throws: NeuralNetworkError.self) {
                try writer.write(to: folder.appending(path: "no/w"))
            }
            #expect(missing?.description.contains("its folder does not exist") == true)
            let place = folder.appending(path: "w")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
            #expect(throws: NeuralNetworkError.self) { try writer.write(to: place) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["w"])
        }
        #if os(Linux)
            let full = DurableFile(descriptor: open("/dev/full", O_WRONLY))
            #expect(throws: DurableFile.Problem(text: "the disk is full")) {
                try [UInt8](repeating: 0, count: 8).withUnsafeBytes { try full.write($0) }
            }
        #endif
    }

    @Test("A file that is being written is not written by another, and what a killed writer left is no obstacle")
    func writersExcludeEachOther() throws {
        try Workplace.withTemporaryFolder { folder in
            let url = folder.appending(path: "w")
            try Data(repeating: 7, count: 100_000).write(to: folder.appending(path: ".w.partial"))
            let first = try DurableFile(replacing: url)
            #expect(throws: DurableFile.Problem(text: "another process is writing it")) {
                _ = try DurableFile(replacing: url)
            }
            try Array("new".utf8).withUnsafeBytes { try first.write($0) }
            try first.commit()
            #expect(try Data(contentsOf: url) == Data("new".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["w"])
        }
    }
}
