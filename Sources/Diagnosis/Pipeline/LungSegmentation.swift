import Imaging
import NeuralNetworks

/// The lungs of an enhanced analysis image by FC-DenseNet103 (method §3).
struct LungSegmentation {
    let settings: BundleConfiguration.SegmentationSettings
    let executor: Executor

    /// Labels of the analysis image: softmax of the logits, resized, the most probable label, the largest part of each
    /// lung with its holes filled.
    ///
    /// The image is put into a square of its longer side before it is shrunk: so were the images that the starting
    /// weights learned from.
    func labels(of enhanced: GreyPlane) throws -> LabelPlane {
        let side = max(enhanced.width, enhanced.height)
        let square = enhanced.fitted(into: side).resized(width: settings.inputSide, height: settings.inputSide)
        let logits = try logits(of: square)
        let labels = Self.labels(logits: logits, side: side)
        return labels.cropped(to: .fitting(width: enhanced.width, height: enhanced.height, into: side))
            .cleanedLungLabels()
    }

    /// Labels × rows × columns for a square of the network's input side.
    func logits(of square: GreyPlane) throws -> Tensor {
        let mean = Float(settings.mean)
        let deviation = Float(settings.deviation)
        let input = Tensor(
            shape: [1, 1, square.height, square.width],
            values: square.pixels.map { (Float($0) / 255 - mean) / deviation })
        guard let logits = try executor.run(input)[FCDenseNet103.Output.logits] else {
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
