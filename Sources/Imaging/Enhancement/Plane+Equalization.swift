internal import CKernels

extension Plane where Pixel == UInt8 {
    /// The counts of the 256 levels, of mask pixels only when there is a mask.
    /// - Precondition: `mask` has this plane's size.
    public func histogram(mask: Mask? = nil) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: 256)
        if let mask {
            precondition(mask.width == width && mask.height == height)
            ck_histogram_masked_u8(pixels, mask.pixels, pixels.count, &counts)
        } else {
            ck_histogram_u8(pixels, pixels.count, &counts)
        }
        return counts
    }

    /// Histogram equalisation as OpenCV's `equalizeHist`: the cumulative mapping in which the lowest level present
    /// takes no part and becomes 0 (method §2). An image of one level stays as it is.
    ///
    /// With a mask, only its pixels are counted, and pixels outside become 0.
    public func equalized(mask: Mask? = nil) -> GreyPlane {
        equalized(mask: mask, level: .best)
    }

    package func equalized(mask: Mask? = nil, level: KernelLevel) -> GreyPlane {
        var result = lookedUp(in: Equalization.table(histogram: histogram(mask: mask)), level: level)
        if let mask {
            for index in result.pixels.indices where mask.pixels[index] == 0 { result.pixels[index] = 0 }
        }
        return result
    }

    /// Each level replaced by its entry in a table of 256.
    public func lookedUp(in table: [UInt8]) -> GreyPlane {
        lookedUp(in: table, level: .best)
    }

    package func lookedUp(in table: [UInt8], level: KernelLevel) -> GreyPlane {
        precondition(table.count == 256)
        let count = pixels.count
        let out = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            if let start = buffer.baseAddress { ck_lookup_u8(level.value, pixels, count, table, start) }
            filled = count
        }
        return GreyPlane(width: width, height: height, pixels: out)
    }
}

enum Equalization {
    /// The mapping for 256 counts; single precision and rounding to even as OpenCV, to hit the same levels.
    static func table(histogram: [UInt32]) -> [UInt8] {
        let identity = (0..<256).map { UInt8($0) }
        let total = histogram.reduce(0) { $0 + Int($1) }
        guard let lowest = histogram.firstIndex(where: { $0 > 0 }), Int(histogram[lowest]) < total else {
            return identity
        }
        let scale = 255 / Float(total - Int(histogram[lowest]))
        var table = [UInt8](repeating: 0, count: 256)
        var sum = 0
        for level in (lowest + 1)..<256 {
            sum += Int(histogram[level])
            table[level] = UInt8(min(255, (Float(sum) * scale).rounded(.toNearestOrEven)))
        }
        return table
    }
}
