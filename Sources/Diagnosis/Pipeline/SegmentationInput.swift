package import Imaging
package import NeuralNetworks

/// What the segmentation is given of an enhanced analysis image (method §3): put into a square of its longer side,
/// shrunk to the network's side, (x/255 − mean) / deviation. Inference, validation and training share it.
package struct SegmentationInput: Sendable {
    /// Rows and columns of the network's input.
    package let side: Int
    /// Of grey levels as 0…1.
    package let mean: Float
    package let deviation: Float
    /// Whether the mirrored image is looked at too.
    package let mirroredToo: Bool

    package init(side: Int, mean: Float, deviation: Float, mirroredToo: Bool = false) {
        self.side = side
        self.mean = mean
        self.deviation = deviation
        self.mirroredToo = mirroredToo
    }

    package init(_ settings: BundleConfiguration.SegmentationSettings) {
        self.init(
            side: settings.inputSide, mean: Float(settings.mean), deviation: Float(settings.deviation),
            mirroredToo: settings.mirroredToo)
    }

    /// The image is put into a square before it is shrunk: so were the images that the starting weights learned from.
    package func square(of enhanced: GreyPlane) -> GreyPlane {
        enhanced.fitted(into: max(enhanced.width, enhanced.height)).resized(width: side, height: side)
    }

    /// - Parameter grey: 0…255.
    package func normalized(_ grey: Float) -> Float { (grey / 255 - mean) / deviation }

    /// Squares × 1 × rows × columns.
    /// - Precondition: squares of one size.
    package func tensor(of squares: [GreyPlane]) -> Tensor {
        let (height, width) = (squares.first?.height ?? 0, squares.first?.width ?? 0)
        return Tensor(
            shape: [squares.count, 1, height, width],
            values: squares.flatMap { square in square.pixels.map { normalized(Float($0)) } })
    }
}

extension Plane where Pixel == UInt8 {
    /// Enhancement with the bundle's border (method §2); with a mask there is no border but the mask's.
    package func enhanced(mask: Mask?, border: WienerBorder) -> GreyPlane {
        mask == nil ? equalized().wienerFiltered(border: border) : enhanced(mask: mask)
    }
}
