internal import CKernels

extension Plane where Pixel == UInt8 {
    /// Resized, each axis by area averaging when it shrinks and linearly when it grows (method §1), as OpenCV's
    /// INTER_AREA and INTER_LINEAR to one grey level. A plane without pixels gives zeros.
    public func resized(width newWidth: Int, height newHeight: Int) -> GreyPlane {
        if newWidth == width && newHeight == height { return self }
        let level = KernelLevel.best.value
        var out = GreyPlane(width: newWidth, height: newHeight, repeating: 0)
        let accumulate = { (row: Int, weight: Float, sums: UnsafeMutablePointer<Float>) in
            pixels.withUnsafeBufferPointer {
                guard let start = $0.baseAddress else { return }
                ck_accumulate_row_u8(level, start + row * width, Int32(width), weight, sums)
            }
        }
        resample(from: (width, height), to: (newWidth, newHeight), accumulate: accumulate) { row, values in
            out.pixels.withUnsafeMutableBufferPointer {
                guard let start = $0.baseAddress else { return }
                ck_round_row_u8(level, values, Int32(newWidth), start + row * newWidth)
            }
        }
        return out
    }
}

extension Plane where Pixel == Float {
    /// Resized, each axis by area averaging when it shrinks and linearly when it grows.
    public func resized(width newWidth: Int, height newHeight: Int) -> Plane<Float> {
        if newWidth == width && newHeight == height { return self }
        let level = KernelLevel.best.value
        var out = Plane<Float>(width: newWidth, height: newHeight, repeating: 0)
        let accumulate = { (row: Int, weight: Float, sums: UnsafeMutablePointer<Float>) in
            pixels.withUnsafeBufferPointer {
                guard let start = $0.baseAddress else { return }
                ck_accumulate_row_f32(level, start + row * width, Int32(width), weight, sums)
            }
        }
        resample(from: (width, height), to: (newWidth, newHeight), accumulate: accumulate) { row, values in
            out.pixels.withUnsafeMutableBufferPointer {
                guard let start = $0.baseAddress else { return }
                (start + row * newWidth).update(from: values, count: newWidth)
            }
        }
        return out
    }
}

extension Plane {
    /// Resized by taking the nearest pixel, for labels and masks (OpenCV's INTER_NEAREST).
    public func resizedNearest(width newWidth: Int, height newHeight: Int) -> Plane {
        if newWidth == width && newHeight == height { return self }
        guard let first = pixels.first, newWidth > 0, newHeight > 0 else {
            return Plane(width: 0, height: 0, pixels: [])
        }
        var out = Plane(width: newWidth, height: newHeight, repeating: first)
        let columns = AxisTaps.nearest(from: width, to: newWidth)
        for (row, source) in AxisTaps.nearest(from: height, to: newHeight).enumerated() {
            for (column, from) in columns.enumerated() {
                out.pixels[row * newWidth + column] = pixels[source * width + from]
            }
        }
        return out
    }
}

/// Vertical sums of whole rows first, then the taps along the row.
private func resample(
    from source: (width: Int, height: Int), to target: (width: Int, height: Int),
    accumulate: (Int, Float, UnsafeMutablePointer<Float>) -> Void, emit: (Int, UnsafePointer<Float>) -> Void
) {
    guard source.width > 0, source.height > 0, target.width > 0, target.height > 0 else { return }
    let columns = AxisTaps(from: source.width, to: target.width)
    let rows = AxisTaps(from: source.height, to: target.height)
    let sums = UnsafeMutablePointer<Float>.allocate(capacity: source.width)
    let values = UnsafeMutablePointer<Float>.allocate(capacity: target.width)
    defer {
        sums.deallocate()
        values.deallocate()
    }
    for row in 0..<target.height {
        sums.initialize(repeating: 0, count: source.width)
        let taps = rows.firsts[row]..<rows.firsts[row + 1]
        for (step, tap) in taps.enumerated() where rows.weights[Int(tap)] != 0 {
            accumulate(Int(rows.starts[row]) + step, rows.weights[Int(tap)], sums)
        }
        ck_gather_row_f32(sums, Int32(target.width), columns.starts, columns.firsts, columns.weights, values)
        emit(row, values)
    }
}
