import Foundation

// Weights of others: safetensors, zip archives and pickles of PyTorch's. The first byte chooses what the rest is taken for: a
// zip archive's check sum would keep every changed pickle from being read.

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let data = Data(bytes: start + 1, count: count - 1)
    if start[0] % 2 == 1 {
        var position = 0
        guard let pickle = try? PickleMachine.read(data, from: &position) else { return 0 }
        precondition(position <= data.count)
        _ = pickle.entries(pickle.top)
        return 0
    }
    guard let file = try? PretrainedFile(StoredBytes(data), path: "input") else { return 0 }
    for (name, shape) in file.shapes {
        guard let tensor = try? file.tensor(name) else { continue }
        precondition(tensor.shape == shape && tensor.values.count == shape.reduce(1, *), "\(name) is not of its shape")
        precondition(tensor.values.allSatisfy(\.isFinite), "\(name) is not finite")
    }
    // It takes long, and to be told that there are no layers is not worth it.
    if file.shapes.keys.contains(where: { $0.contains("layer") }) {
        _ = try? ResNetPlan(shapes: file.shapes, network: Fuzz.network)
    }
    return 0
}

enum Fuzz {
    static let network = ResNet101.network(classes: 2)
}
