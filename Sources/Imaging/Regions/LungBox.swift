/// How the lungs are cut out for the classifier (method §5); a bundle holds these.
public struct LungBoxSettings: Codable, Hashable, Sendable {
    /// Added on every side, as a share of the lungs' extent in that direction.
    public var margin: Double
    /// How far beyond the mask pixels are kept, as a share of the box's longer side.
    public var dilation: Double
    /// The grey levels of what was kept are spread (method §2).
    public var equalizes: Bool
    /// Whether the box is filtered (method §2), and how.
    public var wiener: Wiener
    /// Pixels of the square that the box is fitted into.
    public var side: Int
    /// Lungs on less than this share of the image are none.
    public var smallestShare: Double

    /// Which pixels the Wiener filter sees.
    public enum Wiener: String, Codable, Hashable, CaseIterable, Sendable {
        case none
        case wholeBox = "whole_box"
        /// Those that were kept.
        case mask
    }

    /// The method's settings by default; a box is made within what can be, whatever they say.
    public init(
        margin: Double = 0.05, dilation: Double = 0.02, equalizes: Bool = true, wiener: Wiener = .wholeBox,
        side: Int = 288, smallestShare: Double = 0.02
    ) {
        self.margin = margin
        self.dilation = dilation
        self.equalizes = equalizes
        self.wiener = wiener
        self.side = side
        self.smallestShare = smallestShare
    }
}

extension LungBoxSettings {
    /// Within what a box can be made of, whatever a bundle says.
    fileprivate var limited: LungBoxSettings {
        func share(_ value: Double) -> Double { value.isFinite ? min(max(value, 0), 1) : 0 }
        return LungBoxSettings(
            margin: share(margin), dilation: share(dilation), equalizes: equalizes, wiener: wiener,
            side: min(max(side, 1), 8192), smallestShare: share(smallestShare))
    }
}

/// Both lungs cut out of the analysis image, black outside, enhanced anew and fitted into a square.
public struct LungBox: Sendable {
    /// `side × side`.
    public let grey: GreyPlane
    /// The lungs themselves (not dilated) in the same square.
    public let mask: Mask
    /// Where the box lies in the analysis image.
    public let frame: PixelRect
    /// Where the box lies in the square.
    public let placement: PixelRect

    /// Nil when the labels hold too little lung.
    /// - Precondition: `grey` and `labels` have one size.
    public init?(grey: GreyPlane, labels: LabelPlane, settings: LungBoxSettings = LungBoxSettings()) {
        precondition(grey.width == labels.width && grey.height == labels.height)
        let settings = settings.limited
        let lungs = labels.map { $0 > 0 ? 1 : 0 as UInt8 }
        let area = lungs.pixels.reduce(0) { $0 + Int($1) }
        guard area > 0, Double(area) >= settings.smallestShare * Double(lungs.pixels.count),
            let extent = lungs.extent
        else { return nil }
        let frame = extent.widened(share: settings.margin, width: grey.width, height: grey.height)
        let longer = Double(max(frame.width, frame.height))
        let radius = max(1, Int((settings.dilation * longer).rounded(.toNearestOrEven)))
        let kept = lungs.dilated(radius: radius).cropped(to: frame)
        var inside = grey.cropped(to: frame)
        // Kept pixels are at least 1, so that black stands for what was cut away and takes no part in equalisation.
        for index in inside.pixels.indices {
            inside.pixels[index] = kept.pixels[index] == 0 ? 0 : max(1, inside.pixels[index])
        }
        if settings.equalizes { inside = inside.equalized() }
        switch settings.wiener {
        case .none: break
        case .wholeBox: inside = inside.wienerFiltered()
        case .mask: inside = inside.wienerFiltered(mask: kept)
        }
        self.frame = frame
        self.grey = inside.fitted(into: settings.side)
        mask = lungs.cropped(to: frame).fittedNearest(into: settings.side)
        placement = .fitting(width: frame.width, height: frame.height, into: settings.side)
    }

    /// A plane over the square (activation) brought back to an analysis image of the given size, 0 outside the box.
    public func analysisPlane(of plane: Plane<Float>, width: Int, height: Int) -> Plane<Float> {
        let box = plane.cropped(to: placement).resized(width: frame.width, height: frame.height)
        var out = Plane<Float>(width: width, height: height, repeating: 0)
        for row in 0..<frame.height where frame.y + row < height {
            for column in 0..<frame.width where frame.x + column < width {
                out[row: frame.y + row, column: frame.x + column] = box[row: row, column: column]
            }
        }
        return out
    }
}

extension PixelRect {
    fileprivate func widened(share: Double, width imageWidth: Int, height imageHeight: Int) -> PixelRect {
        let across = Int(share * Double(width))
        let down = Int(share * Double(height))
        let left = max(0, x - across)
        let top = max(0, y - down)
        let right = min(imageWidth, x + width + across)
        let bottom = min(imageHeight, y + height + down)
        return PixelRect(x: left, y: top, width: right - left, height: bottom - top)
    }
}

extension Plane where Pixel == UInt8 {
    /// The smallest rectangle that holds every pixel above 0; nil when there is none.
    public var extent: PixelRect? {
        var (left, right, top, bottom) = (Int.max, -1, -1, -1)
        for row in 0..<height {
            let runs = runs(inRow: row)
            guard let first = runs.first, let last = runs.last else { continue }
            if top < 0 { top = row }
            bottom = row
            left = min(left, first.lowerBound)
            right = max(right, last.upperBound)
        }
        guard top >= 0 else { return nil }
        return PixelRect(x: left, y: top, width: right - left, height: bottom + 1 - top)
    }
}
