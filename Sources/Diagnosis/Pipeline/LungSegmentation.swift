package import Imaging
package import NeuralNetworks

/// The lungs of an enhanced analysis image by FC-DenseNet103 (method §3).
package struct LungSegmentation: Sendable {
    package let input: SegmentationInput
    let executor: Executor

    package init(input: SegmentationInput, executor: Executor) {
        self.input = input
        self.executor = executor
    }

    init(settings: BundleConfiguration.SegmentationSettings, executor: Executor) {
        self.init(input: SegmentationInput(settings), executor: executor)
    }

    /// Labels of the analysis image: softmax of the logits, resized, the most probable label, the largest part of each
    /// lung with its holes filled.
    package func labels(of enhanced: GreyPlane) throws -> LabelPlane {
        let square = input.square(of: enhanced)
        let seen = try logits(of: square)
        guard input.mirroredToo else { return labels(of: enhanced, logits: seen) }
        let mirrored = Self.withSidesExchanged(try logits(of: square.mirrored))
        return labels(
            of: enhanced,
            logits: Tensor(shape: seen.shape, values: zip(seen.values, mirrored.values).map { ($0 + $1) / 2 }))
    }

    /// Logits of {background, right, left} for the image as it was before it was mirrored.
    static func withSidesExchanged(_ logits: Tensor) -> Tensor {
        let (labels, width) = (logits.shape[1], logits.shape[3])
        let pixels = logits.shape[2] * width
        var turned = logits.values
        for label in 0..<labels {
            let source = label == 0 ? 0 : labels - label
            for start in stride(from: 0, to: pixels, by: width) {
                let row = logits.values[source * pixels + start..<source * pixels + start + width]
                turned.replaceSubrange(label * pixels + start..<label * pixels + start + width, with: row.reversed())
            }
        }
        return Tensor(shape: logits.shape, values: turned)
    }

    /// The same of logits that the network has given for the image's square.
    package func labels(of enhanced: GreyPlane, logits: Tensor) -> LabelPlane {
        let side = max(enhanced.width, enhanced.height)
        return Self.labels(logits: logits, side: side)
            .cropped(to: .fitting(width: enhanced.width, height: enhanced.height, into: side))
            .cleanedLungLabels()
    }

    /// Labels × rows × columns for a square of the network's input side.
    package func logits(of square: GreyPlane) throws -> Tensor {
        guard let logits = try executor.run(input.tensor(of: [square]))[FCDenseNet103.Output.logits] else {
            throw NeuralNetworkError.input(network: executor.network.name, problem: "returns no logits")
        }
        return logits
    }

    /// The most probable label of each pixel of a square of `side`, the probabilities resized before.
    static func labels(logits: Tensor, side: Int) -> LabelPlane {
        let labels = logits.shape[1]
        let height = logits.shape[2]
        let width = logits.shape[3]
        let pixels = height * width
        var probabilities = logits.values
        for pixel in 0..<pixels {
            let top = (0..<labels).map { logits.values[$0 * pixels + pixel] }.max() ?? 0
            var sum: Float = 0
            for label in 0..<labels {
                let value = exponential(logits.values[label * pixels + pixel] - top)
                probabilities[label * pixels + pixel] = value
                sum += value
            }
            for label in 0..<labels { probabilities[label * pixels + pixel] /= sum }
        }
        let planes = (0..<labels).map { label in
            Plane(width: width, height: height, pixels: Array(probabilities[label * pixels..<(label + 1) * pixels]))
                .resized(width: side, height: side)
        }
        var result = LabelPlane(width: side, height: side, repeating: 0)
        for index in result.pixels.indices {
            for label in 1..<labels where planes[label].pixels[index] > planes[Int(result.pixels[index])].pixels[index]
            {
                result.pixels[index] = UInt8(label)
            }
        }
        return result
    }
}
