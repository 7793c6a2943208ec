/// Photometric Interpretation (0028,0004), PS3.3 C.7.6.3.1.2.
public struct PhotometricInterpretation: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The lowest value is white.
    public static let monochrome1 = PhotometricInterpretation(rawValue: "MONOCHROME1")
    /// The lowest value is black.
    public static let monochrome2 = PhotometricInterpretation(rawValue: "MONOCHROME2")
    public static let paletteColor = PhotometricInterpretation(rawValue: "PALETTE COLOR")
    public static let rgb = PhotometricInterpretation(rawValue: "RGB")
    public static let ybrFull = PhotometricInterpretation(rawValue: "YBR_FULL")
    public static let ybrFull422 = PhotometricInterpretation(rawValue: "YBR_FULL_422")
    public static let ybrPartial420 = PhotometricInterpretation(rawValue: "YBR_PARTIAL_420")
    public static let ybrPartial422 = PhotometricInterpretation(rawValue: "YBR_PARTIAL_422")
    public static let ybrICT = PhotometricInterpretation(rawValue: "YBR_ICT")
    public static let ybrRCT = PhotometricInterpretation(rawValue: "YBR_RCT")

    public var isMonochrome: Bool { self == .monochrome1 || self == .monochrome2 }
    public var isYBR: Bool { rawValue.hasPrefix("YBR") }
}

extension PhotometricInterpretation: CustomStringConvertible {
    public var description: String { rawValue }
}
