import Foundation
import HilumTesting
import Testing

@testable import NeuralNetworks

/// Files of PyTorch's, against what PyTorch says of them (Fixtures/make_torch.py).
@Suite struct TorchFileTests {
    static func fixture(_ name: String) throws -> Data {
        try Data(contentsOf: WeightsWriterTests.fixture("torch/\(name)"))
    }

    static func open(_ data: Data) throws -> PretrainedFile {
        try PretrainedFile(StoredBytes(data), path: "weights.file")
    }

    @Test(
        "Both formats, checkpoints and every protocol give PyTorch's values",
        arguments: ["zip.pth", "old.pth", "protocol4.pth", "checkpoint.pth"])
    func valuesAreThoseOfPyTorch(_ name: String) throws {
        let expected = try WeightsFile(Self.fixture("expected.safetensors"), path: "expected")
        for file in [
            try Self.open(Self.fixture(name)),
            try PretrainedFile(contentsOf: WeightsWriterTests.fixture("torch/\(name)")),
        ] {
            let names = file.shapes.keys.filter { $0 != "norm.num_batches_tracked" }
            #expect(Set(names) == Set(expected.names.filter { !$0.hasPrefix("flat.") }))
            for name in names { #expect(try file.tensor(name) == expected.tensor(name)) }
            let error = #expect(throws: NeuralNetworkError.self) { try file.tensor("norm.num_batches_tracked") }
            #expect(error?.description.contains("64-bit integers") == true)
            #expect(throws: NeuralNetworkError.self) { try file.tensor("unknown") }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var file: String, says: String
        var testDescription: String { file }
    }

    @Test(
        "What a state dict does not need is refused by its name, and nothing is run",
        arguments: [
            Refusal(file: "evil.pth", says: "names posix.system, which a state dict does not need; nothing"),
            Refusal(file: "evil-old.pth", says: "names posix.system"),
            Refusal(file: "bytes.pth", says: "names torch.ByteStorage"),
            Refusal(file: "expanded.pth", says: "does not lie within its storage of 1 values"),
            Refusal(file: "tensor.pth", says: "does not hold a state dict"),
            Refusal(file: "none.pth", says: "holds no tensors"),
            Refusal(file: "deflated.pth", says: "is compressed or encrypted"),
            Refusal(file: "other.pth", says: "is not one of PyTorch's"),
            Refusal(file: "big-endian.pth", says: "big-endian"),
        ])
    func refusalsSayWhy(_ refusal: Refusal) throws {
        let data = try Self.fixture(refusal.file)
        let error = #expect(throws: NeuralNetworkError.self) { try Self.open(data) }
        #expect(error?.description.contains(refusal.says) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("weights.file: ") == true)
    }

    @Test("NaN is refused when the tensor is read")
    func notFiniteIsRefused() throws {
        let file = try Self.open(Self.fixture("nan.pth"))
        let error = #expect(throws: NeuralNetworkError.self) { try file.tensor("weight") }
        #expect(error?.description.contains("value 1 of tensor weight") == true)
    }

    @Test("A storage whose bytes were changed is refused")
    func checksumsAreChecked() throws {
        var data = try Self.fixture("zip.pth")
        let entry = try #require(ZipArchive(StoredBytes(data)).entries["zip/data/0"])
        data[entry.range.lowerBound + 5] ^= 1
        let file = try Self.open(data)
        let error = #expect(throws: NeuralNetworkError.self) { try file.tensor("whole") }
        #expect(error?.description.contains("tensor whole is damaged: the checksum differs") == true)
    }

    /// Opens a file and reads all it has: an error of ours is an answer, anything else fails the test.
    private func readAll(_ data: Data) throws {
        do {
            let file = try Self.open(data)
            for name in file.shapes.keys { _ = try file.tensor(name) }
        } catch is NeuralNetworkError {}
    }

    @Test("Files cut anywhere are refused", arguments: ["zip.pth", "old.pth"])
    func truncationIsRefused(_ name: String) throws {
        let whole = try Self.fixture(name)
        for length in 0..<whole.count {
            #expect(throws: NeuralNetworkError.self) { try Self.open(whole.prefix(length)) }
        }
    }

    @Test("Files with any byte changed are read or refused, never a trap", arguments: ["zip.pth", "old.pth"])
    func changedBytesDoNotTrap(_ name: String) throws {
        let whole = try Self.fixture(name)
        for place in whole.indices {
            for value in [0, 0x7F, 0xFF, whole[place] ^ 1, whole[place] &+ 1] {
                var changed = whole
                changed[place] = value
                try readAll(changed)
            }
        }
    }

    @Test("A checksum is that of zip")
    func checksumIsThatOfZip() {
        // The check value of CRC-32 in every catalogue.
        #expect(CRC32.checksum(Data("123456789".utf8)) == 0xCBF4_3926)
    }
}
