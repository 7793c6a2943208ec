import NeuralNetworks
import Testing

/// Layers as their definitions have them: slow loops to hold the executor against.
enum Reference {
    static func convolve(_ x: Tensor, _ weight: Tensor, _ bias: [Float], _ shape: LayerTests.Shape) -> Tensor {
        let (images, inputs, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let outputs = weight.shape[0]
        let kernel = weight.shape[2]
        let rows = (height + 2 * shape.padding - kernel) / shape.stride + 1
        let columns = (width + 2 * shape.padding - kernel) / shape.stride + 1
        var y = Tensor(shape: [images, outputs, rows, columns])
        var target = 0
        for image in 0..<images {
            for output in 0..<outputs {
                for row in 0..<rows {
                    for column in 0..<columns {
                        var sum = Double(bias[output])
                        for input in 0..<inputs {
                            for ky in 0..<kernel {
                                let r = row * shape.stride + ky - shape.padding
                                guard (0..<height).contains(r) else { continue }
                                for kx in 0..<kernel {
                                    let c = column * shape.stride + kx - shape.padding
                                    guard (0..<width).contains(c) else { continue }
                                    sum +=
                                        Double(x.values[((image * inputs + input) * height + r) * width + c])
                                        * Double(
                                            weight.values[((output * inputs + input) * kernel + ky) * kernel + kx])
                                }
                            }
                        }
                        y.values[target] = Float(sum)
                        target += 1
                    }
                }
            }
        }
        return y
    }

    static func normalize(_ x: Tensor, _ name: String, _ tensors: RandomTensors) -> Tensor {
        var y = x
        let channels = x.shape[1]
        let pixels = x.shape[2] * x.shape[3]
        for index in y.values.indices {
            let channel = index / pixels % channels
            let deviation = (tensors[name + ".running_var"].values[channel] + 1e-5).squareRoot()
            y.values[index] =
                (x.values[index] - tensors[name + ".running_mean"].values[channel]) / deviation
                * tensors[name + ".weight"].values[channel] + tensors[name + ".bias"].values[channel]
        }
        return y
    }

    static func maxPool(_ x: Tensor, kernel: Int, stride: Int, padding: Int) -> Tensor {
        let (height, width) = (x.shape[2], x.shape[3])
        let planes = x.shape[0] * x.shape[1]
        let rows = (height + 2 * padding - kernel) / stride + 1
        let columns = (width + 2 * padding - kernel) / stride + 1
        var y = Tensor(shape: [x.shape[0], x.shape[1], rows, columns])
        for plane in 0..<planes {
            for row in 0..<rows {
                for column in 0..<columns {
                    var top = -Float.infinity
                    for r in row * stride - padding..<row * stride - padding + kernel where (0..<height).contains(r) {
                        for c in column * stride - padding..<column * stride - padding + kernel
                        where (0..<width).contains(c) {
                            top = max(top, x.values[(plane * height + r) * width + c])
                        }
                    }
                    y.values[(plane * rows + row) * columns + column] = top
                }
            }
        }
        return y
    }

    static func transpose(
        _ x: Tensor, _ weight: Tensor, _ bias: [Float], stride: Int, height: Int, width: Int
    ) -> Tensor {
        let (images, inputs) = (x.shape[0], x.shape[1])
        let outputs = weight.shape[1]
        let kernel = weight.shape[2]
        let full = ((x.shape[2] - 1) * stride + kernel, (x.shape[3] - 1) * stride + kernel)
        let top = (full.0 - height) / 2
        let left = (full.1 - width) / 2
        var y = Tensor(shape: [images, outputs, height, width])
        for index in y.values.indices { y.values[index] = bias[index / (height * width) % outputs] }
        for image in 0..<images {
            for input in 0..<inputs {
                for row in 0..<x.shape[2] {
                    for column in 0..<x.shape[3] {
                        let value = x.values[((image * inputs + input) * x.shape[2] + row) * x.shape[3] + column]
                        for output in 0..<outputs {
                            for ky in 0..<kernel {
                                for kx in 0..<kernel {
                                    let r = row * stride + ky - top
                                    let c = column * stride + kx - left
                                    guard (0..<height).contains(r), (0..<width).contains(c) else { continue }
                                    y.values[((image * outputs + output) * height + r) * width + c] +=
                                        value * weight.values[((input * outputs + output) * kernel + ky) * kernel + kx]
                                }
                            }
                        }
                    }
                }
            }
        }
        return y
    }

    /// Along the channels.
    static func join(_ a: Tensor, _ b: Tensor) -> Tensor {
        let pixels = a.shape[2] * a.shape[3]
        var values: [Float] = []
        for image in 0..<a.shape[0] {
            for part in [a, b] {
                let size = part.shape[1] * pixels
                values += part.values[image * size..<(image + 1) * size]
            }
        }
        return Tensor(shape: [a.shape[0], a.shape[1] + b.shape[1], a.shape[2], a.shape[3]], values: values)
    }
}

/// Parameters and inputs from a fixed sequence, between -1 and 1; variances positive.
struct RandomTensors {
    let network: Network
    let tensors: [String: Tensor]

    init(_ network: Network) {
        self.network = network
        var state: UInt64 = 7
        tensors = Dictionary(
            uniqueKeysWithValues: network.parameters.map { parameter in
                let isVariance = parameter.name.hasSuffix("running_var")
                let values = (0..<parameter.shape.reduce(1, *)).map { _ in
                    isVariance ? abs(Self.next(&state)) + 0.5 : Self.next(&state)
                }
                return (parameter.name, Tensor(shape: parameter.shape, values: values))
            })
    }

    subscript(name: String) -> Tensor { tensors[name] ?? Tensor(shape: [0]) }

    func input(_ shape: LayerTests.Shape) -> Tensor {
        var state: UInt64 = 11
        let sizes = [shape.images, shape.inputs, shape.height, shape.width]
        return Tensor(shape: sizes, values: (0..<sizes.reduce(1, *)).map { _ in Self.next(&state) })
    }

    /// The only output.
    func run(_ input: Tensor) throws -> Tensor {
        try runAll(input).values.first ?? Tensor(shape: [0])
    }

    /// By both engines, which have nothing but the program in common.
    func runAll(_ input: Tensor, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: Tensor] {
        let weights = NetworkWeights(network, tensors: tensors)
        let result = try Executor(weights, threads: 2).run(input)
        let other = try Executor(weights, threads: 2, engine: .openBLAS).run(input)
        for (name, tensor) in result {
            let same = try #require(other[name], sourceLocation: sourceLocation)
            #expect(tensor.shape == same.shape, sourceLocation: sourceLocation)
            let largest = zip(tensor.values, same.values).map { abs($0 - $1) }.max() ?? 0
            #expect(largest < 4e-4, sourceLocation: sourceLocation)
        }
        return result
    }

    private static func next(_ state: inout UInt64) -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
    }
}
