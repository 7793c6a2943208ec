/// Red, green and blue, 0…255.
public struct Colour: Hashable, Codable, Sendable {
    /// 0…255.
    public var red: UInt8
    /// 0…255.
    public var green: UInt8
    /// 0…255.
    public var blue: UInt8

    /// A colour by its parts, as stored in files: not linear in light.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Three equal parts.
    public init(grey: UInt8) {
        self.init(red: grey, green: grey, blue: grey)
    }

    /// As 0xRRGGBB.
    public init(_ hexadecimal: UInt32) {
        self.init(
            red: UInt8(truncatingIfNeeded: hexadecimal >> 16), green: UInt8(truncatingIfNeeded: hexadecimal >> 8),
            blue: UInt8(truncatingIfNeeded: hexadecimal))
    }

    /// All parts 0.
    public static let black = Colour(grey: 0)
    /// All parts 255.
    public static let white = Colour(grey: 255)

    /// Between this colour (share 0) and another (share 1).
    public func mixed(with other: Colour, share: Double) -> Colour {
        let share = min(max(share, 0), 1)
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
        }
        return Colour(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// Rec. 601 luma, 0…255: what a grey-scale monitor shows.
    public var luma: Double {
        0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)
    }
}

/// Colours along 0…1, linear between equally spaced stops.
public struct ColourMap: Hashable, Codable, Sendable {
    /// At least two, the first for 0, the last for 1.
    public let stops: [Colour]

    /// - Precondition: at least two stops.
    public init(_ stops: [Colour]) {
        precondition(stops.count >= 2)
        self.stops = stops
    }

    /// From dark violet over red and orange to light yellow; its luma rises all the way, so that it reads on a
    /// grey-scale monitor too.
    public static let heat = ColourMap([
        Colour(0x140B35), Colour(0x5A126E), Colour(0xA52C60), Colour(0xDD513A), Colour(0xFB9A06), Colour(0xFCFFA4),
    ])

    /// Black to white.
    public static let grey = ColourMap([.black, .white])

    /// Values beyond 0…1 take the end's colour; what is not a number the first.
    public subscript(value: Double) -> Colour {
        guard value > 0 else { return stops[0] }
        let position = min(value, 1) * Double(stops.count - 1)
        let index = min(Int(position), stops.count - 2)
        return stops[index].mixed(with: stops[index + 1], share: position - Double(index))
    }
}
