public import Imaging

/// Which pairs of pixels a measurement counts (method §4).
public enum TextureForm: String, Codable, CaseIterable, Hashable, Sendable {
    /// Only pairs with both pixels in the lungs.
    case lungs
    /// The image with 0 outside the lungs, zeros counted.
    case maskedImage = "masked_image"
}

/// How texture is measured; a bundle holds these.
public struct TextureSettings: Codable, Hashable, Sendable {
    /// N_g, 2…256.
    public var levels: Int
    /// Pixels between neighbours, at least 1.
    public var distance: Int
    /// Without a mask it makes no difference.
    public var form: TextureForm

    /// The method's settings by default; nothing is checked here.
    /// - Parameters:
    ///   - levels: 2…256.
    ///   - distance: pixels, at least 1.
    ///   - form: which pairs count where there is a mask.
    public init(levels: Int = 32, distance: Int = 1, form: TextureForm = .lungs) {
        self.levels = levels
        self.distance = distance
        self.form = form
    }
}

/// The features of one direction.
public struct DirectionalFeatures: Hashable, Sendable {
    /// Of the matrix.
    public let direction: Direction
    /// Of that direction alone.
    public let features: HaralickFeatures
}

/// Haralick's features of an image in four directions, with their mean and range.
public struct TextureMeasurement: Hashable, Sendable {
    /// One for each direction that has pairs, in the order of `Direction.allCases`.
    public let directions: [DirectionalFeatures]
    /// Mean over the directions.
    public let means: [NamedFeature]
    /// Largest less smallest over the directions; names end in `.range`.
    public let ranges: [NamedFeature]

    /// Nil when no pair of pixels is left to measure, or the settings are outside their limits.
    /// - Parameters:
    ///   - plane: the enhanced image.
    ///   - mask: the lungs; nil measures the whole image.
    ///   - settings: the method's by default.
    /// - Precondition: `mask` has the plane's size.
    public init?(_ plane: GreyPlane, mask: Mask? = nil, settings: TextureSettings = TextureSettings()) {
        guard (2...256).contains(settings.levels), settings.distance >= 1 else { return nil }
        let matrices: [CooccurrenceMatrix]
        switch (mask, settings.form) {
        case (nil, _):
            matrices = CooccurrenceMatrix.all(of: plane, levels: settings.levels, distance: settings.distance)
        case (let mask?, .lungs):
            matrices = CooccurrenceMatrix.all(
                of: plane, mask: mask, levels: settings.levels, distance: settings.distance)
        case (let mask?, .maskedImage):
            matrices = CooccurrenceMatrix.all(
                of: plane.masked(by: mask), levels: settings.levels, distance: settings.distance)
        }
        self.init(matrices)
    }

    /// Nil when no matrix holds a pair.
    public init?(_ matrices: [CooccurrenceMatrix]) {
        directions = matrices.compactMap { matrix in
            HaralickFeatures(matrix).map { DirectionalFeatures(direction: matrix.direction, features: $0) }
        }
        guard !directions.isEmpty else { return nil }
        var means: [NamedFeature] = []
        var ranges: [NamedFeature] = []
        for (index, name) in HaralickFeatures.names.enumerated() {
            let values = directions.map { $0.features.features[index].value }
            means.append(NamedFeature(name: name, value: values.reduce(0, +) / Double(values.count)))
            ranges.append(NamedFeature(name: name + ".range", value: (values.max() ?? 0) - (values.min() ?? 0)))
        }
        self.means = means
        self.ranges = ranges
    }

    /// The mean of a feature, or its range under `….range`.
    public subscript(name: String) -> Double? {
        (means + ranges).first { $0.name == name }?.value
    }
}

extension Plane where Pixel == UInt8 {
    /// 0 where the mask is 0.
    /// - Precondition: `mask` has this plane's size.
    public func masked(by mask: Mask) -> GreyPlane {
        precondition(mask.width == width && mask.height == height)
        return GreyPlane(width: width, height: height, pixels: zip(pixels, mask.pixels).map { $1 == 0 ? 0 : $0 })
    }
}
