/// A rectangle of whole pixels.
public struct PixelRect: Hashable, Codable, Sendable {
    /// First column.
    public var x: Int
    /// First row.
    public var y: Int
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// Anywhere, outside a plane too.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Where an image of the given size lies when it is fitted whole into a square, centred, its aspect kept.
    public static func fitting(width: Int, height: Int, into side: Int) -> PixelRect {
        guard width > 0, height > 0, side > 0 else { return PixelRect(x: 0, y: 0, width: 0, height: 0) }
        let scale = Double(side) / Double(max(width, height))
        let fitted = [width, height].map { min(side, max(1, Int((Double($0) * scale).rounded(.toNearestOrEven)))) }
        return PixelRect(x: (side - fitted[0]) / 2, y: (side - fitted[1]) / 2, width: fitted[0], height: fitted[1])
    }
}

extension Plane {
    /// The part that lies in both the plane and `rect`.
    @specialized(where Pixel == UInt8)
    @specialized(where Pixel == Float)
    public func cropped(to rect: PixelRect) -> Plane {
        let left = min(max(rect.x, 0), width)
        let right = max(left, min(width, rect.x + rect.width))
        let top = min(max(rect.y, 0), height)
        let bottom = max(top, min(height, rect.y + rect.height))
        var part: [Pixel] = []
        part.reserveCapacity((right - left) * (bottom - top))
        for row in top..<bottom { part += pixels[(row * width + left)..<(row * width + right)] }
        return Plane(width: right - left, height: bottom - top, pixels: part)
    }

    /// This plane laid on a square of `background`; `rect.width × rect.height` is this plane's size.
    func placed(in side: Int, at rect: PixelRect, background: Pixel) -> Plane {
        var out = Plane(width: side, height: side, repeating: background)
        for row in 0..<height {
            let start = (rect.y + row) * side + rect.x
            out.pixels.replaceSubrange(start..<(start + width), with: pixels[(row * width)..<((row + 1) * width)])
        }
        return out
    }
}

extension Plane where Pixel == UInt8 {
    /// The whole plane in a square, aspect kept, centred on black (method §3).
    public func fitted(into side: Int) -> GreyPlane {
        let rect = PixelRect.fitting(width: width, height: height, into: side)
        return resized(width: rect.width, height: rect.height).placed(in: side, at: rect, background: 0)
    }

    /// The same for labels and masks: nearest pixel.
    public func fittedNearest(into side: Int) -> Plane<UInt8> {
        let rect = PixelRect.fitting(width: width, height: height, into: side)
        return resizedNearest(width: rect.width, height: rect.height).placed(in: side, at: rect, background: 0)
    }
}
