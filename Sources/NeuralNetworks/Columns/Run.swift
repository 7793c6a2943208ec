import CKernels

/// One run over one piece of working memory. All pointer arithmetic of the executor is here and in `Run+Convolution`:
/// places and lengths come from the plan, which was made from the same shapes.
struct Run {
    let plan: ColumnsPlan
    let crew: Crew
    let blas: BLAS
    /// The arena, then the shared scratch, then each thread's own.
    let memory: UnsafeMutablePointer<Float>

    func pointer(_ value: Network.NodeID) -> UnsafeMutablePointer<Float> { memory + plan.offsets[value]! }
    var shared: UnsafeMutablePointer<Float> { memory + plan.arena }
    func own(_ worker: Int) -> UnsafeMutablePointer<Float> {
        memory + plan.arena + plan.sharedScratch + worker * plan.threadScratch
    }

    /// Images × channels × pixels to channels × images × pixels.
    func load(_ input: Tensor) {
        let pixels = input.shape[2] * input.shape[3]
        let channels = input.shape[1]
        let images = input.shape[0]
        input.values.withUnsafeBufferPointer { source in
            for image in 0..<images {
                for channel in 0..<channels {
                    (pointer(0) + (channel * images + image) * pixels).update(
                        from: source.baseAddress! + (image * channels + channel) * pixels, count: pixels)
                }
            }
        }
    }

    /// Channels × images × pixels to images × channels × pixels.
    func tensor(_ value: Network.NodeID, channels: Int) -> Tensor {
        let size = plan.size(value)
        let pixels = size.height * size.width
        let source = pointer(value)
        let values = [Float](unsafeUninitializedCapacity: plan.images * channels * pixels) { out, count in
            for image in 0..<plan.images {
                for channel in 0..<channels {
                    (out.baseAddress! + (image * channels + channel) * pixels).initialize(
                        from: source + (channel * plan.images + image) * pixels, count: pixels)
                }
            }
            count = plan.images * channels * pixels
        }
        return Tensor(shape: [plan.images, channels, size.height, size.width], values: values)
    }

    func execute(_ step: Program.Step, _ kernel: ColumnsKernel, channels: [Int]) {
        let input = step.inputs[0]
        let output = step.output
        switch kernel {
        case .convolution(let kernel):
            return convolve(kernel, input, residual: step.inputs.count > 1 ? step.inputs[1] : nil, output)
        case .transposed(let kernel): return convolveTransposed(kernel, input, output)
        case .scaleShift(let values, let relu): return scaleShift(values, relu: relu, input, output)
        case .none: break
        }
        switch step.kernel {
        case .add(let relu): add(input, step.inputs[1], output, channels: channels[output], relu: relu)
        case .relu: rectify(input, output, channels: channels[output])
        case .concatenation: concatenate(step, channels: channels)
        case .maxPool(let kernel, let stride, let padding):
            let window = window(input, output, kernel: kernel, stride: stride, padding: padding)
            pool(window, input, output, channels: channels[output])
        case .globalAverage:
            nn_global_average(
                pointer(input), pointer(output), Int64(channels[output]), Int64(plan.images),
                Int64(plan.size(input).pixels))
        case .convolution, .transposed, .normalization, .narrow: break
        }
    }

    func window(
        _ input: Network.NodeID, _ output: Network.NodeID, kernel: Int, stride: Int, padding: Int
    ) -> nn_window {
        let from = plan.size(input)
        let to = plan.size(output)
        return nn_window(
            images: Int64(plan.images), height: Int64(from.height), width: Int64(from.width), kernel: Int64(kernel),
            stride: Int64(stride), padding: Int64(padding), out_height: Int64(to.height), out_width: Int64(to.width))
    }

    private func scaleShift(
        _ kernel: ScaleShift, relu: Bool, _ input: Network.NodeID, _ output: Network.NodeID
    ) {
        let area = plan.area(input)
        let from = pointer(input)
        let to = pointer(output)
        byChannels(kernel.scale.count, floats: area) { range in
            kernel.scale.withUnsafeBufferPointer { scale in
                kernel.shift.withUnsafeBufferPointer { shift in
                    nn_scale_shift_relu(
                        from + range.lowerBound * area, to + range.lowerBound * area, Int64(range.count), Int64(area),
                        scale.baseAddress! + range.lowerBound, shift.baseAddress! + range.lowerBound,
                        relu ? 1 : 0)
                }
            }
        }
    }

    private func add(
        _ left: Network.NodeID, _ right: Network.NodeID, _ output: Network.NodeID, channels: Int, relu: Bool
    ) {
        let area = plan.area(output)
        let a = pointer(left)
        let b = pointer(right)
        let to = pointer(output)
        byChannels(channels, floats: area) { range in
            let start = range.lowerBound * area
            nn_add_relu(a + start, b + start, to + start, Int64(range.count * area), relu ? 1 : 0)
        }
    }

    private func rectify(_ input: Network.NodeID, _ output: Network.NodeID, channels: Int) {
        let area = plan.area(output)
        let from = pointer(input)
        let to = pointer(output)
        byChannels(channels, floats: area) { range in
            let start = range.lowerBound * area
            nn_relu(from + start, to + start, Int64(range.count * area))
        }
    }

    private func pool(_ window: nn_window, _ input: Network.NodeID, _ output: Network.NodeID, channels: Int) {
        let from = pointer(input)
        let to = pointer(output)
        let area = plan.area(input)
        let made = plan.area(output)
        byChannels(channels, floats: area) { range in
            withUnsafePointer(to: window) { window in
                nn_max_pool(
                    from + range.lowerBound * area, to + range.lowerBound * made, window, Int64(range.count))
            }
        }
    }

    /// Copies those parts that do not lie in the result already.
    private func concatenate(_ step: Program.Step, channels: [Int]) {
        var to = pointer(step.output)
        for part in step.inputs {
            let count = channels[part] * plan.area(part)
            if pointer(part) != to { to.update(from: pointer(part), count: count) }
            to += count
        }
    }

    /// Shares channels out in pieces of some 100 kB.
    func byChannels(_ channels: Int, floats: Int, _ body: (Range<Int>) -> Void) {
        let each = max(1, (1 << 15) / max(1, floats))
        let pieces = (channels + each - 1) / each
        crew.run(pieces) { piece, _ in body(piece * each..<min(channels, (piece + 1) * each)) }
    }
}
