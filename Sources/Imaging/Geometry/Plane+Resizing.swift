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
    @specialized(where Pixel == UInt8)
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

private typealias Accumulate = (Int, Float, UnsafeMutablePointer<Float>) -> Void
private typealias Emit = (Int, UnsafePointer<Float>) -> Void

/// The direction that leaves fewer samples goes first.
private func resample(
    from source: (width: Int, height: Int), to target: (width: Int, height: Int), accumulate: Accumulate, emit: Emit
) {
    guard source.width > 0, source.height > 0, target.width > 0, target.height > 0 else { return }
    let columns = AxisTaps(from: source.width, to: target.width)
    let rows = AxisTaps(from: source.height, to: target.height)
    if rows.inPairs {
        enlarge(from: source, columns: columns, rows: rows, accumulate: accumulate, emit: emit)
    } else {
        shrink(from: source, columns: columns, rows: rows, accumulate: accumulate, emit: emit)
    }
}

/// Sums of whole rows, then the taps along the result.
private func shrink(
    from source: (width: Int, height: Int), columns: AxisTaps, rows: AxisTaps, accumulate: Accumulate, emit: Emit
) {
    withRows(2, width: max(source.width, columns.starts.count)) { buffers in
        let (sums, values) = (buffers[0], buffers[1])
        for row in rows.starts.indices {
            sums.update(repeating: 0, count: source.width)
            for (step, tap) in (rows.firsts[row]..<rows.firsts[row + 1]).enumerated() where rows.weights[Int(tap)] != 0
            {
                accumulate(Int(rows.starts[row]) + step, rows.weights[Int(tap)], sums)
            }
            columns.apply(to: sums, out: values)
            emit(row, values)
        }
    }
}

/// The taps along each source row once, then sums of two such rows.
private func enlarge(
    from source: (width: Int, height: Int), columns: AxisTaps, rows: AxisTaps, accumulate: Accumulate, emit: Emit
) {
    let width = columns.starts.count
    withRows(4, width: max(source.width, width)) { buffers in
        var (held, upper, lower) = (-1, buffers[0], buffers[1])
        let (plain, values) = (buffers[2], buffers[3])
        func load(_ row: Int, into out: UnsafeMutablePointer<Float>) {
            plain.update(repeating: 0, count: source.width)
            accumulate(row, 1, plain)
            columns.apply(to: plain, out: out)
        }
        for row in rows.starts.indices {
            let start = Int(rows.starts[row])
            let tap = Int(rows.firsts[row])
            if start != held {
                swap(&upper, &lower)
                if held < 0 || start != held + 1 { load(start, into: upper) }
                load(start + 1, into: lower)
                held = start
            }
            values.update(repeating: 0, count: width)
            let level = KernelLevel.best.value
            ck_accumulate_row_f32(level, upper, Int32(width), rows.weights[tap], values)
            ck_accumulate_row_f32(level, lower, Int32(width), rows.weights[tap + 1], values)
            emit(row, values)
        }
    }
}

private func withRows(_ count: Int, width: Int, _ body: ([UnsafeMutablePointer<Float>]) -> Void) {
    let all = UnsafeMutablePointer<Float>.allocate(capacity: count * width)
    all.initialize(repeating: 0, count: count * width)
    defer { all.deallocate() }
    body((0..<count).map { all + $0 * width })
}

extension AxisTaps {
    fileprivate func apply(to row: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>) {
        if inPairs {
            ck_blend_pairs_f32(KernelLevel.best.value, row, Int32(starts.count), starts, weights, out)
        } else {
            ck_gather_row_f32(row, Int32(starts.count), starts, firsts, weights, out)
        }
    }
}
