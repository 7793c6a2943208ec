internal import DICOMCore

/// Colour samples to 8-bit RGB, and RGB to grey.
enum Colour {
    /// - Parameter depth: bits that hold each sample's value.
    static func rgb(_ frame: StoredFrame, depth: Int) throws(DICOMError) -> [UInt8] {
        let samples = try eightBit(frame, depth: depth)
        switch frame.photometricInterpretation {
        case .rgb: return samples
        case .ybrFull, .ybrFull422, .ybrPartial420, .ybrPartial422: return fromYBR(samples)
        case let other: throw .unsupported(what: "a colour image with photometric interpretation '\(other)'")
        }
    }

    private static func eightBit(_ frame: StoredFrame, depth: Int) throws(DICOMError) -> [UInt8] {
        if frame.type == .u1, depth == 8 { return frame.bytes }
        guard !frame.type.isFloat, !frame.type.isSigned else { throw .unsupported(what: "signed colour") }
        let top = Double(depth >= 64 ? UInt64.max : UInt64(1) << UInt64(depth) - 1)
        return frame.doubles().map { UInt8(level: $0 / top * 255) }
    }

    /// PS3.3 C.7.6.3.1.2, full range; Rec. 601.
    private static func fromYBR(_ samples: [UInt8]) -> [UInt8] {
        var rgb = samples
        rgb.withUnsafeMutableBufferPointer { buffer in
            for pixel in stride(from: 0, to: buffer.count - 2, by: 3) {
                let y = Double(buffer[pixel])
                let blue = Double(buffer[pixel + 1]) - 128
                let red = Double(buffer[pixel + 2]) - 128
                buffer[pixel] = UInt8(level: y + 1.402 * red)
                buffer[pixel + 1] = UInt8(level: y - 0.344_136_286 * blue - 0.714_136_286 * red)
                buffer[pixel + 2] = UInt8(level: y + 1.772 * blue)
            }
        }
        return rgb
    }

    /// Rec. 601 luma.
    static func luma(_ rgb: [UInt8]) -> [UInt8] {
        rgb.withUnsafeBufferPointer { source in
            (0..<source.count / 3).map { pixel in
                let red = Double(source[3 * pixel])
                let green = Double(source[3 * pixel + 1])
                let blue = Double(source[3 * pixel + 2])
                return UInt8(level: 0.299 * red + 0.587 * green + 0.114 * blue)
            }
        }
    }
}
