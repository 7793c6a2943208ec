package import Imaging
package import NeuralNetworks

/// What the classifier is given of a grey patch (method §5): shrunk to the network's side, copied to three channels,
/// 0…1 less the colours' means, divided by their deviations. Inference, validation and training share it.
package struct PatchInput: Sendable {
    /// Rows and columns of the network's input.
    package let side: Int
    /// Of the colours.
    package let mean: [Double]
    package let deviation: [Double]

    /// - Parameters:
    ///   - mean: of three colours, of 0…1.
    ///   - deviation: of three colours, above 0.
    package init(side: Int, mean: [Double], deviation: [Double]) {
        self.side = side
        self.mean = mean
        self.deviation = deviation
    }

    package init(_ settings: ClassificationSettings) {
        self.init(side: settings.inputSide, mean: settings.mean, deviation: settings.deviation)
    }

    /// A patch of the box at the network's side.
    package func fitted(_ patch: GreyPlane) -> GreyPlane { patch.resized(width: side, height: side) }

    /// Patches × 3 × side × side.
    package func tensor(of patches: [GreyPlane]) -> Tensor {
        var values: [Float] = []
        values.reserveCapacity(patches.count * mean.count * side * side)
        for patch in patches {
            let small = fitted(patch)
            for (mean, deviation) in zip(mean, deviation) {
                let table = (0..<256).map { Float((Double($0) / 255 - mean) / deviation) }
                values += small.pixels.map { table[Int($0)] }
            }
        }
        return Tensor(shape: [patches.count, mean.count, side, side], values: values)
    }
}

extension LungBox {
    /// The lungs of an analysis image. The box is cut from the square of the image's longer side, where it may reach
    /// beyond the image.
    /// - Precondition: `image` and `labels` have one size.
    package init?(analysisImage image: GreyPlane, labels: LabelPlane, settings: LungBoxSettings) {
        let side = max(image.width, image.height)
        self.init(grey: image.fitted(into: side), labels: labels.fittedNearest(into: side), settings: settings)
    }
}
