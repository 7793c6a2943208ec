package import Imaging

/// What the classifier of CT slices looks at: the whole slice in its lung window, fitted into a square (method §8).
/// Inference, validation and training share it.
package struct SliceInput: Sendable {
    /// Pixels of the analysis image's longer side, which is the square's side.
    package let side: Int
    /// What lies outside the lungs becomes black.
    package let lungsOnly: Bool
    /// Lungs on less than this share of a slice are none.
    package let minimumShare: Double

    package init(side: Int = 256, lungsOnly: Bool = false, minimumShare: Double = 0.005) {
        self.side = side
        self.lungsOnly = lungsOnly
        self.minimumShare = minimumShare
    }

    /// Where the lungs reach beyond their threshold: the pleura and what lies at it, as a share of the side.
    private static let dilation = 0.02

    /// Of a picture with square pixels.
    package func square(of slice: GreyPlane) -> GreyPlane {
        let grid = AnalysisGrid(width: slice.width, height: slice.height, longSide: side)
        return square(ofAnalysisImage: grid.analysisImage(of: slice))
    }

    /// `side × side`. A slice without lungs is kept whole.
    func square(ofAnalysisImage image: GreyPlane) -> GreyPlane {
        var image = image
        if lungsOnly {
            let lungs = SliceLungs(dark: DarkPixels.mask(image), minimumShare: minimumShare)
            if lungs.pixels > 0 {
                let kept = lungs.labels.dilated(radius: Int(Self.dilation * Double(side)))
                for index in image.pixels.indices where kept.pixels[index] == 0 { image.pixels[index] = 0 }
            }
        }
        return image.fitted(into: side)
    }
}

extension BundleConfiguration {
    /// Nil where the bundle has no classes for CT.
    var sliceInput: SliceInput? {
        ct.classification.map {
            SliceInput(side: analysis.longSide, lungsOnly: $0.lungsOnly, minimumShare: ct.minimumShare)
        }
    }
}
