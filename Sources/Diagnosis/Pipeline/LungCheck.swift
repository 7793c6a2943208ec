import Imaging

/// Whether the lungs of an image can be lungs (method §3), and their regions in the original matrix.
struct LungCheck {
    /// Nil when they can.
    let problem: ReviewReason?
    /// Shares of the image, right and left.
    let shares: [Double]

    init(_ labels: LabelPlane, settings: BundleConfiguration.SegmentationSettings) {
        var counts = [0, 0]
        for label in labels.pixels where label == 1 || label == 2 { counts[Int(label) - 1] += 1 }
        shares = counts.map { Double($0) / Double(max(1, labels.pixels.count)) }
        if shares.contains(where: { $0 == 0 || $0 < settings.share.lowerBound }) {
            problem = .lungsNotFound
        } else if shares.contains(where: { $0 > settings.share.upperBound })
            || !settings.ratio.contains(shares[0] / shares[1])
        {
            problem = .lungsImplausible
        } else {
            problem = nil
        }
    }
}

extension LungRegion {
    /// Pixels of the analysis image by which an outline may leave out corners: half a pixel and a little.
    private static let tolerance = 0.6

    /// One region for each lung that has pixels.
    static func regions(
        of labels: LabelPlane, image: Int, grid: AnalysisGrid, spacing: PixelSpacing?
    ) -> [LungRegion] {
        [(LungSide.right, UInt8(1)), (.left, 2)].compactMap { side, label in
            let mask = labels.mask(of: label)
            let pixels = mask.pixels.reduce(0) { $0 + Int($1) }
            guard pixels > 0 else { return nil }
            let pixelArea = Double(pixels) * grid.originalPixelsPerPixel
            return LungRegion(
                side: side, image: image,
                contours: Outlines.polygons(of: mask, tolerance: tolerance).filter { $0.count >= 3 }.map(grid.original),
                pixelArea: pixelArea, share: Double(pixels) / Double(labels.pixels.count),
                area: spacing.flatMap { $0.isUsable ? pixelArea * $0.row * $0.column : nil })
        }
    }
}

extension PixelSpacing {
    /// Both distances are positive and not absurd: at most a metre.
    var isUsable: Bool {
        [row, column].allSatisfy { $0.isFinite && $0 > 0 && $0 <= 1000 }
    }

    var pair: (row: Double, column: Double) { (row, column) }
}

extension Plane where Pixel == UInt8 {
    /// On a shorter side of fewer pixels nothing of a lung can be told: a radiograph has some two thousand, a slice 512.
    var isLargeEnough: Bool { min(width, height) >= 64 }
}
