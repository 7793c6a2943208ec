internal import CKernels

/// Linear windows from stored or rescaled values to 8-bit grey.
public enum Windowing {
    /// `low` and all below become 0, `high` and all above 255; rounded half up. A window without width is a step.
    public static func grey(_ plane: Plane<Int16>, low: Float, high: Float) -> GreyPlane {
        grey(plane, low: low, high: high, level: .best)
    }

    /// As of `Int16`.
    public static func grey(_ plane: Plane<UInt16>, low: Float, high: Float) -> GreyPlane {
        plane.greyPlane { count, out in
            ck_window_u16(KernelLevel.best.value, plane.pixels, count, low, scale(low, high), out)
        }
    }

    /// Values that are not a number become 0.
    public static func grey(_ plane: Plane<Float>, low: Float, high: Float) -> GreyPlane {
        plane.greyPlane { count, out in
            ck_window_f32(KernelLevel.best.value, plane.pixels, count, low, scale(low, high), out)
        }
    }

    package static func grey(_ plane: Plane<Int16>, low: Float, high: Float, level: KernelLevel) -> GreyPlane {
        plane.greyPlane { count, out in
            ck_window_i16(level.value, plane.pixels, count, low, scale(low, high), out)
        }
    }

    /// The window between two percentiles (0…100) of the values whose mask is set; linear between neighbours as
    /// numpy's default. Nil when no value takes part.
    public static func percentiles(
        _ plane: Plane<Int16>, mask: Mask? = nil, low: Double = 0.5, high: Double = 99.5
    ) -> (low: Float, high: Float)? {
        var counts = [Int](repeating: 0, count: 65536)
        for (index, value) in plane.pixels.enumerated() where mask.map({ $0.pixels[index] != 0 }) ?? true {
            counts[Int(value) + 32768] += 1
        }
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        let bottom = quantile(low, of: counts, total: total) - 32768
        let top = quantile(high, of: counts, total: total) - 32768
        return (Float(bottom), Float(top))
    }

    private static func scale(_ low: Float, _ high: Float) -> Float {
        high > low ? 255 / (high - low) : .greatestFiniteMagnitude
    }

    private static func quantile(_ percent: Double, of counts: [Int], total: Int) -> Double {
        let position = min(max(percent, 0), 100) / 100 * Double(total - 1)
        let rank = Int(position)
        let lower = valueOfRank(rank, counts)
        let upper = valueOfRank(min(rank + 1, total - 1), counts)
        return Double(lower) + (position - Double(rank)) * Double(upper - lower)
    }

    private static func valueOfRank(_ rank: Int, _ counts: [Int]) -> Int {
        var seen = 0
        for (value, count) in counts.enumerated() {
            seen += count
            if seen > rank { return value }
        }
        return counts.count - 1
    }
}

extension Plane {
    fileprivate func greyPlane(_ fill: (Int, UnsafeMutablePointer<UInt8>) -> Void) -> GreyPlane {
        let count = pixels.count
        let out = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            if let start = buffer.baseAddress { fill(count, start) }
            filled = count
        }
        return GreyPlane(width: width, height: height, pixels: out)
    }
}
