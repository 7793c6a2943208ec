/// The grid that everything is measured on (method §1): long side 256, square pixels; with the way back to the matrix
/// that the image came in.
public struct AnalysisGrid: Hashable, Codable, Sendable {
    /// Columns of the image's own matrix.
    public let originalWidth: Int
    /// Rows of the image's own matrix.
    public let originalHeight: Int
    /// Columns of the analysis image.
    public let width: Int
    /// Rows of the analysis image.
    public let height: Int

    /// - Parameters:
    ///   - originalWidth: columns of the image's own matrix.
    ///   - originalHeight: its rows.
    ///   - spacing: distance of pixel centres between rows and between columns, in any one unit; when they differ, the
    ///     grid's pixels are square nevertheless. Values that are not positive and finite, or that differ by more than a
    ///     factor of 16, say nothing and are passed over.
    ///   - longSide: pixels of the analysis image's longer side.
    public init(
        width originalWidth: Int, height originalHeight: Int, spacing: (row: Double, column: Double)? = nil,
        longSide: Int = 256
    ) {
        self.originalWidth = originalWidth
        self.originalHeight = originalHeight
        var (wide, high) = (Double(originalWidth), Double(originalHeight))
        if let spacing, Self.isPlausible(spacing) { high *= spacing.row / spacing.column }
        guard wide > 0, high > 0, longSide > 0 else {
            (width, height) = (0, 0)
            return
        }
        let scale = Double(longSide) / max(wide, high)
        (wide, high) = (wide * scale, high * scale)
        width = max(1, Int(wide.rounded(.toNearestOrEven)))
        height = max(1, Int(high.rounded(.toNearestOrEven)))
    }

    /// A plane of the original matrix on this grid.
    public func analysisImage(of plane: GreyPlane) -> GreyPlane {
        plane.resized(width: width, height: height)
    }

    /// A mask or labels of the original matrix on this grid.
    public func analysisLabels(of labels: LabelPlane) -> LabelPlane {
        labels.resizedNearest(width: width, height: height)
    }

    /// A point of the grid in the original matrix; both in pixel units as SCOORD (PS3.3 C.18.6.1.1).
    public func original(_ point: Point) -> Point {
        guard width > 0, height > 0 else { return point }
        return Point(
            x: point.x * Double(originalWidth) / Double(width), y: point.y * Double(originalHeight) / Double(height))
    }

    /// A contour of the grid in the original matrix, point by point.
    public func original(_ contour: Contour) -> Contour {
        contour.map(original)
    }

    /// Pixels of the original matrix per pixel of the grid.
    public var originalPixelsPerPixel: Double {
        guard width > 0, height > 0 else { return 0 }
        return Double(originalWidth) / Double(width) * Double(originalHeight) / Double(height)
    }

    private static func isPlausible(_ spacing: (row: Double, column: Double)) -> Bool {
        guard spacing.row > 0, spacing.column > 0, spacing.row.isFinite, spacing.column.isFinite else { return false }
        return (1.0 / 16...16).contains(spacing.row / spacing.column)
    }
}
