internal import CTurboJPEG

/// JPEG by libjpeg-turbo. Every complaint of the decoder is an error: a picture that is half grey must not be analysed.
enum JPEG {
    /// Scans of a progressive file that are decoded at most; a few kilobytes can hold scans for hours.
    private static let flags = TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT

    static func decode(
        _ bytes: [UInt8], name: String, limits: ImageLimits, greyOnly: Bool
    ) throws(ImagingError) -> ImageFile.Pixels {
        guard let handle = tjInitDecompress() else {
            throw .unreadable(path: name, reason: "libjpeg-turbo has no memory")
        }
        defer { tjDestroy(handle) }
        func damaged() -> ImagingError {
            .damaged(path: name, format: "JPEG", reason: String(cString: tjGetErrorStr2(handle)))
        }
        var (width, height, sampling, space) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let count = UInt(bytes.count)
        guard tjDecompressHeader3(handle, bytes, count, &width, &height, &sampling, &space) == 0 else {
            throw damaged()
        }
        let (wide, high) = (Int(width), Int(height))
        guard wide > 0, high > 0 else {
            throw .damaged(path: name, format: "JPEG", reason: "its size is \(wide) × \(high) pixels")
        }
        guard wide <= limits.pixels / high else {
            throw .tooLarge(path: name, width: wide, height: high, limit: limits.pixels)
        }
        let fourInks = space == Int32(TJCS_CMYK.rawValue) || space == Int32(TJCS_YCCK.rawValue)
        let grey = !fourInks && (greyOnly || space == Int32(TJCS_GRAY.rawValue))
        let format = fourInks ? TJPF_CMYK : grey ? TJPF_GRAY : TJPF_RGB
        var pixels = [UInt8](repeating: 0, count: wide * high * (fourInks ? 4 : grey ? 1 : 3))
        guard tjDecompress2(handle, bytes, count, &pixels, width, 0, height, format.rawValue.asInt32, flags) == 0 else {
            throw damaged()
        }
        if fourInks { return .colour(RGBPlane(width: wide, height: high, bytes: screenColours(pixels))) }
        if grey { return .grey(GreyPlane(width: wide, height: high, pixels: pixels)) }
        return .colour(RGBPlane(width: wide, height: high, bytes: pixels))
    }

    /// Inks are stored inverted, as Adobe's programs do.
    private static func screenColours(_ inks: [UInt8]) -> [UInt8] {
        var colours: [UInt8] = []
        colours.reserveCapacity(inks.count / 4 * 3)
        for start in stride(from: 0, to: inks.count, by: 4) {
            let black = Int(inks[start + 3])
            for ink in 0..<3 { colours.append(UInt8(Int(inks[start + ink]) * black / 255)) }
        }
        return colours
    }

    static func encode(
        _ pixels: [UInt8], width: Int, height: Int, colour: Bool, quality: Int
    ) throws(ImagingError) -> [UInt8] {
        guard (1...65_500).contains(width), (1...65_500).contains(height) else {
            throw .encodingFailed(format: "JPEG", reason: "\(width) × \(height) pixels; the format holds 1 to 65500")
        }
        guard let handle = tjInitCompress() else {
            throw .encodingFailed(format: "JPEG", reason: "libjpeg-turbo has no memory")
        }
        defer { tjDestroy(handle) }
        var out: UnsafeMutablePointer<UInt8>?
        var size: UInt = 0
        defer { tjFree(out) }
        let format = colour ? TJPF_RGB : TJPF_GRAY
        let sampling = colour ? TJSAMP_444 : TJSAMP_GRAY
        let status = tjCompress2(
            handle, pixels, Int32(width), 0, Int32(height), format.rawValue.asInt32, &out, &size,
            sampling.rawValue.asInt32, Int32(min(max(quality, 1), 100)), TJFLAG_ACCURATEDCT)
        guard status == 0, let out else {
            throw .encodingFailed(format: "JPEG", reason: String(cString: tjGetErrorStr2(handle)))
        }
        return [UInt8](UnsafeBufferPointer(start: out, count: Int(size)))
    }
}

extension BinaryInteger {
    /// The raw type of a C enumeration is signed or not as its values ask.
    fileprivate var asInt32: Int32 { Int32(truncatingIfNeeded: self) }
}
