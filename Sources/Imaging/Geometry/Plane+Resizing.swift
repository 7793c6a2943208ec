internal import CKernels

extension Plane where Pixel == UInt8 {
    /// Resized, each axis by area averaging when it shrinks and linearly when it grows (method §1), as OpenCV's
    /// INTER_AREA and INTER_LINEAR to one grey level. A plane without pixels gives zeros.
    public func resized(width newWidth: Int, height newHeight: Int) -> GreyPlane {
        resized(width: newWidth, height: newHeight, level: .best)
    }

    package func resized(width newWidth: Int, height newHeight: Int, level: KernelLevel) -> GreyPlane {
        if newWidth == width && newHeight == height { return self }
        let kernels = RowKernels<UInt8>(
            level: level,
            accumulate: { ck_accumulate_row_u8(level.value, $0, Int32(width), $1, $2) },
            store: { ck_round_row_u8(level.value, $0, Int32(newWidth), $1) },
            blend: { ck_blend_rows_u8(level.value, $0, $1, Int32(newWidth), $2, $3) })
        var out = GreyPlane(width: newWidth, height: newHeight, repeating: 0)
        resample(self, to: &out, kernels)
        return out
    }
}

extension Plane where Pixel == Float {
    /// Resized, each axis by area averaging when it shrinks and linearly when it grows.
    public func resized(width newWidth: Int, height newHeight: Int) -> Plane<Float> {
        resized(width: newWidth, height: newHeight, level: .best)
    }

    package func resized(width newWidth: Int, height newHeight: Int, level: KernelLevel) -> Plane<Float> {
        if newWidth == width && newHeight == height { return self }
        let kernels = RowKernels<Float>(
            level: level,
            accumulate: { ck_accumulate_row_f32(level.value, $0, Int32(width), $1, $2) },
            store: { $1.update(from: $0, count: newWidth) },
            blend: { ck_blend_rows_f32(level.value, $0, $1, Int32(newWidth), $2, $3) })
        var out = Plane<Float>(width: newWidth, height: newHeight, repeating: 0)
        resample(self, to: &out, kernels)
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

/// What is done to whole rows, by kind of pixel.
private struct RowKernels<Pixel> {
    var level: KernelLevel
    /// Adds a source row, times a weight, to sums.
    var accumulate: (UnsafePointer<Pixel>, Float, UnsafeMutablePointer<Float>) -> Void
    /// Makes a target row of values.
    var store: (UnsafePointer<Float>, UnsafeMutablePointer<Pixel>) -> Void
    /// Makes a target row that lies a share of the way from one row of values to another.
    var blend: (UnsafePointer<Float>, UnsafePointer<Float>, Float, UnsafeMutablePointer<Pixel>) -> Void
}

/// The direction that leaves fewer samples goes first.
private func resample<Pixel>(_ source: Plane<Pixel>, to target: inout Plane<Pixel>, _ kernels: RowKernels<Pixel>) {
    guard source.width > 0, source.height > 0, target.width > 0, target.height > 0 else { return }
    let columns = AxisTaps(from: source.width, to: target.width)
    let rows = AxisTaps(from: source.height, to: target.height)
    let (sourceWidth, targetWidth) = (source.width, target.width)
    source.pixels.withUnsafeBufferPointer { from in
        target.pixels.withUnsafeMutableBufferPointer { into in
            guard let first = from.baseAddress, let start = into.baseAddress else { return }
            let (rowOf, targetRow) = ({ first + $0 * sourceWidth }, { start + $0 * targetWidth })
            if rows.inPairs {
                enlarge(columns, rows, width: sourceWidth, kernels, from: rowOf, into: targetRow)
            } else {
                shrink(columns, rows, width: sourceWidth, kernels, from: rowOf, into: targetRow)
            }
        }
    }
}

/// Sums of whole rows, then the taps along the result.
private func shrink<Pixel>(
    _ columns: AxisTaps, _ rows: AxisTaps, width: Int, _ kernels: RowKernels<Pixel>,
    from source: (Int) -> UnsafePointer<Pixel>, into target: (Int) -> UnsafeMutablePointer<Pixel>
) {
    withRows(2, width: max(width, columns.starts.count)) { buffers in
        let (sums, values) = (buffers[0], buffers[1])
        for row in rows.starts.indices {
            sums.update(repeating: 0, count: width)
            for (step, tap) in (rows.firsts[row]..<rows.firsts[row + 1]).enumerated() where rows.weights[Int(tap)] != 0
            {
                kernels.accumulate(source(Int(rows.starts[row]) + step), rows.weights[Int(tap)], sums)
            }
            columns.apply(to: sums, out: values, kernels.level)
            kernels.store(values, target(row))
        }
    }
}

/// The taps along each source row once, then each target row between two such rows.
private func enlarge<Pixel>(
    _ columns: AxisTaps, _ rows: AxisTaps, width: Int, _ kernels: RowKernels<Pixel>,
    from source: (Int) -> UnsafePointer<Pixel>, into target: (Int) -> UnsafeMutablePointer<Pixel>
) {
    withRows(3, width: max(width, columns.starts.count)) { buffers in
        var (held, upper, lower) = (-1, buffers[0], buffers[1])
        let plain = buffers[2]
        func load(_ row: Int, into out: UnsafeMutablePointer<Float>) {
            plain.update(repeating: 0, count: width)
            kernels.accumulate(source(row), 1, plain)
            columns.apply(to: plain, out: out, kernels.level)
        }
        for row in rows.starts.indices {
            let start = Int(rows.starts[row])
            if start != held {
                swap(&upper, &lower)
                if held < 0 || start != held + 1 { load(start, into: upper) }
                load(start + 1, into: lower)
                held = start
            }
            kernels.blend(upper, lower, rows.weights[row], target(row))
        }
    }
}

private func withRows(_ count: Int, width: Int, _ body: ([UnsafeMutablePointer<Float>]) -> Void) {
    let pitch = width + Int(CK_ROW_MARGIN)
    let all = UnsafeMutablePointer<Float>.allocate(capacity: count * pitch)
    all.initialize(repeating: 0, count: count * pitch)
    defer { all.deallocate() }
    body((0..<count).map { all + $0 * pitch })
}

extension AxisTaps {
    fileprivate func apply(
        to row: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>, _ level: KernelLevel
    ) {
        if inPairs {
            ck_enlarge_row_f32(level.value, row, Int32(starts.count), starts, weights, out)
        } else {
            ck_gather_row_f32(row, Int32(starts.count), starts, firsts, weights, out)
        }
    }
}
