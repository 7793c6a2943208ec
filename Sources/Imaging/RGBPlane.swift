internal import CKernels

/// Colour pixels, three interleaved bytes each (red, green, blue), row by row from the top left.
public struct RGBPlane: Hashable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `3 * width * height` bytes.
    public var bytes: [UInt8]

    /// - Precondition: `bytes.count == 3 * width * height`.
    public init(width: Int, height: Int, bytes: [UInt8]) {
        precondition(width >= 0 && height >= 0 && bytes.count == 3 * width * height)
        self.width = width
        self.height = height
        self.bytes = bytes
    }

    /// Grey as three equal bytes.
    public init(_ grey: GreyPlane) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * grey.pixels.count)
        for pixel in grey.pixels {
            bytes.append(pixel)
            bytes.append(pixel)
            bytes.append(pixel)
        }
        self.init(width: grey.width, height: grey.height, bytes: bytes)
    }

    /// Rec. 601 luma (method §1).
    public var luma: GreyPlane {
        let count = width * height
        let out = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            if let start = buffer.baseAddress { ck_luma_u8(bytes, count, start) }
            filled = count
        }
        return GreyPlane(width: width, height: height, pixels: out)
    }
}
