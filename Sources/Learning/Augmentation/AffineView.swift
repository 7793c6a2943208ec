import Foundation
import Imaging

/// A square window on a plane, turned, scaled and shifted: which point of the plane each pixel of the window shows.
/// Points are in pixel units, (0.5, 0.5) the centre of the plane's first pixel.
struct AffineView {
    /// Rows and columns of the window.
    var side: Int
    /// The point that the window's middle shows.
    var centre: (x: Float, y: Float)
    /// The step in the plane for one column of the window.
    var column: (x: Float, y: Float)
    /// The step in the plane for one row of the window.
    var row: (x: Float, y: Float)

    /// - Parameters:
    ///   - extent: pixels of the plane that the window's side spans.
    ///   - angle: radians.
    ///   - aspect: by which columns are stretched and rows shrunk.
    ///   - shear: columns by which a row lies beside the one above it.
    init(
        side: Int, centre: (x: Float, y: Float), extent: Float, angle: Float = 0, aspect: Float = 1, shear: Float = 0,
        flipped: Bool = false
    ) {
        let step = extent / Float(side)
        let (cosine, sine) = (cos(angle), sin(angle))
        let (wide, high) = (step * aspect * (flipped ? -1 : 1), step / aspect)
        self.side = side
        self.centre = centre
        column = (cosine * wide, sine * wide)
        row = ((shear * cosine - sine) * high, (shear * sine + cosine) * high)
    }

    /// Where the window shows more than one pixel of the plane in each of its own, several points are taken in each
    /// direction and averaged, as area averaging does (method §1).
    var points: Int {
        let steps = [column, row].map { ($0.x * $0.x + $0.y * $0.y).squareRoot() }
        return min(4, max(1, Int(((steps.max() ?? 1) - 0.05).rounded(.up))))
    }

    /// Bilinear, 0 beyond the plane: `side × side` values of 0…255.
    func values(of plane: GreyPlane) -> [Float] {
        let points = points
        let share = 1 / Float(points * points)
        let step = (x: column.x / Float(points), y: column.y / Float(points))
        return [Float](unsafeUninitializedCapacity: side * side) { out, filled in
            plane.pixels.withUnsafeBufferPointer { pixels in
                let source = BilinearSource(pixels: pixels, width: plane.width, height: plane.height)
                for line in 0..<side {
                    for place in 0..<side {
                        var sum: Float = 0
                        for down in 0..<points {
                            var here = point(
                                Float(place) + 0.5 / Float(points),
                                Float(line) + (Float(down) + 0.5) / Float(points))
                            for _ in 0..<points {
                                sum += source.value(here.x, here.y)
                                here = (here.x + step.x, here.y + step.y)
                            }
                        }
                        out[line * side + place] = sum * share
                    }
                }
            }
            filled = side * side
        }
    }

    /// The pixel that each of the window's shows, 0 beyond the plane: for labels.
    func nearest(of plane: LabelPlane) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: side * side) { out, filled in
            plane.pixels.withUnsafeBufferPointer { pixels in
                for line in 0..<side {
                    for place in 0..<side {
                        let point = point(Float(place) + 0.5, Float(line) + 0.5)
                        let (x, y) = (Int(point.x.rounded(.down)), Int(point.y.rounded(.down)))
                        let inside = x >= 0 && y >= 0 && x < plane.width && y < plane.height
                        out[line * side + place] = inside ? pixels[y * plane.width + x] : 0
                    }
                }
            }
            filled = side * side
        }
    }

    @inline(__always)
    private func point(_ x: Float, _ y: Float) -> (x: Float, y: Float) {
        let (across, down) = (x - Float(side) / 2, y - Float(side) / 2)
        return (
            centre.x + across * column.x + down * row.x,
            centre.y + across * column.y + down * row.y
        )
    }
}

/// Grey levels between pixel centres.
private struct BilinearSource {
    let pixels: UnsafeBufferPointer<UInt8>
    let width: Int
    let height: Int

    @inline(__always)
    func value(_ x: Float, _ y: Float) -> Float {
        // A point far outside, or none at all, would not fit an integer.
        guard x > -0.5, y > -0.5, x < Float(width + 1), y < Float(height + 1) else { return 0 }
        // Above 0, so that cutting off rounds down.
        let (column, line) = (Int(x + 0.5) - 1, Int(y + 0.5) - 1)
        let (across, down) = (x - 0.5 - Float(column), y - 0.5 - Float(line))
        let index = line * width + column
        if column >= 0, line >= 0, column + 1 < width, line + 1 < height {
            let upper = mixed(Float(pixels[index]), Float(pixels[index + 1]), across)
            let lower = mixed(Float(pixels[index + width]), Float(pixels[index + width + 1]), across)
            return mixed(upper, lower, down)
        }
        let upper = mixed(grey(column, line), grey(column + 1, line), across)
        let lower = mixed(grey(column, line + 1), grey(column + 1, line + 1), across)
        return mixed(upper, lower, down)
    }

    @inline(__always)
    private func mixed(_ first: Float, _ second: Float, _ share: Float) -> Float { first + (second - first) * share }

    @inline(__always)
    private func grey(_ column: Int, _ line: Int) -> Float {
        column >= 0 && line >= 0 && column < width && line < height ? Float(pixels[line * width + column]) : 0
    }
}
