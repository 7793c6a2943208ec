/// How much of each pixel a shape covers, over the rectangle that the shape touches.
struct Coverage {
    /// Clipped to the canvas.
    let frame: PixelRect
    /// 0…1, row-major over `frame`.
    var shares: [Float]

    /// - Parameters: the shape's extent, and the canvas it is clipped to.
    init?(left: Double, top: Double, right: Double, bottom: Double, width: Int, height: Int) {
        guard [left, top, right, bottom].allSatisfy(\.isFinite) else { return nil }
        let (limitX, limitY) = (Double(width), Double(height))
        let x0 = Int(min(max(left.rounded(.down), 0), limitX))
        let x1 = Int(min(max(right.rounded(.up), 0), limitX))
        let y0 = Int(min(max(top.rounded(.down), 0), limitY))
        let y1 = Int(min(max(bottom.rounded(.up), 0), limitY))
        guard x1 > x0, y1 > y0 else { return nil }
        frame = PixelRect(x: x0, y: y0, width: x1 - x0, height: y1 - y0)
        shares = [Float](repeating: 0, count: frame.width * frame.height)
    }

    private static func extent(of points: [Point], beyond: Double, width: Int, height: Int) -> Coverage? {
        guard let first = points.first else { return nil }
        var (left, right, top, bottom) = (first.x, first.x, first.y, first.y)
        for point in points {
            guard point.x.isFinite, point.y.isFinite else { return nil }
            (left, right) = (min(left, point.x), max(right, point.x))
            (top, bottom) = (min(top, point.y), max(bottom, point.y))
        }
        return Coverage(
            left: left - beyond, top: top - beyond, right: right + beyond, bottom: bottom + beyond, width: width,
            height: height)
    }

    /// The inside of polygons by the even-odd rule, from four lines per row with exact ends on each.
    static func inside(of polygons: [[Point]], width: Int, height: Int) -> Coverage? {
        guard var coverage = extent(of: polygons.flatMap { $0 }, beyond: 0, width: width, height: height) else {
            return nil
        }
        let lines = 4
        for row in 0..<coverage.frame.height {
            for line in 0..<lines {
                let y = Double(coverage.frame.y + row) + (Double(line) + 0.5) / Double(lines)
                let crossings = polygons.flatMap { Self.crossings(of: $0, y: y) }.sorted()
                for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                    coverage.add(from: crossings[pair], to: crossings[pair + 1], row: row, weight: 1 / Float(lines))
                }
            }
        }
        return coverage
    }

    private static func crossings(of polygon: [Point], y: Double) -> [Double] {
        polygon.indices.compactMap { index in
            let a = polygon[index]
            let b = polygon[index + 1 == polygon.count ? 0 : index + 1]
            guard (a.y <= y) != (b.y <= y) else { return nil }
            return a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)
        }
    }

    private mutating func add(from start: Double, to end: Double, row: Int, weight: Float) {
        let left = min(max(start - Double(frame.x), 0), Double(frame.width))
        let right = min(max(end - Double(frame.x), 0), Double(frame.width))
        guard right > left else { return }
        for column in Int(left)..<min(frame.width, Int(right.rounded(.up))) {
            let part = min(right, Double(column + 1)) - max(left, Double(column))
            shares[row * frame.width + column] += Float(part) * weight
        }
    }

    /// A line of the given width along points, with round ends and joins.
    static func line(along points: [Point], lineWidth: Double, closed: Bool, width: Int, height: Int) -> Coverage? {
        let reach = max(lineWidth, 0) / 2 + 0.5
        guard var coverage = extent(of: points, beyond: reach, width: width, height: height) else { return nil }
        if points.count == 1 { coverage.addSegment(points[0], points[0], reach: reach) }
        for index in points.indices.dropLast() { coverage.addSegment(points[index], points[index + 1], reach: reach) }
        if closed, points.count > 2 { coverage.addSegment(points[points.count - 1], points[0], reach: reach) }
        return coverage
    }

    /// Where segments overlap the larger share counts, so that joins are no darker.
    private mutating func addSegment(_ a: Point, _ b: Point, reach: Double) {
        let box = Coverage(
            left: min(a.x, b.x) - reach, top: min(a.y, b.y) - reach, right: max(a.x, b.x) + reach,
            bottom: max(a.y, b.y) + reach, width: frame.x + frame.width, height: frame.y + frame.height)?.frame
        guard let box else { return }
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = dx * dx + dy * dy
        for y in max(box.y, frame.y)..<max(box.y + box.height, frame.y) {
            for x in max(box.x, frame.x)..<max(box.x + box.width, frame.x) {
                let (px, py) = (Double(x) + 0.5 - a.x, Double(y) + 0.5 - a.y)
                let along = length > 0 ? min(1, max(0, (px * dx + py * dy) / length)) : 0
                let (ex, ey) = (px - along * dx, py - along * dy)
                let share = Float(min(1, max(0, reach - (ex * ex + ey * ey).squareRoot())))
                let index = (y - frame.y) * frame.width + x - frame.x
                shares[index] = max(shares[index], share)
            }
        }
    }
}
