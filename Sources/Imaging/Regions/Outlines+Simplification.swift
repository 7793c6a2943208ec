extension Outlines {
    /// A closed polygon without the points that lie no further than `tolerance` from the line without them (Douglas
    /// and Peucker 1973, from two points far apart); at least three points stay.
    public static func simplified(_ contour: Contour, tolerance: Double) -> Contour {
        guard contour.count > 4, tolerance > 0 else { return contour }
        let far = contour.indices.max { distance(contour[0], contour[$0]) < distance(contour[0], contour[$1]) } ?? 0
        var keep = [Bool](repeating: false, count: contour.count + 1)
        keep[0] = true
        keep[far] = true
        let closed = contour + [contour[0]]
        markKept(closed, tolerance: tolerance, spans: [(0, far), (far, contour.count)], keep: &keep)
        let kept = contour.indices.filter { keep[$0] }
        guard kept.count >= 3 else {
            return [0, contour.count / 3, 2 * contour.count / 3].map { contour[$0] }
        }
        return kept.map { contour[$0] }
    }

    private static func markKept(_ points: Contour, tolerance: Double, spans: [(Int, Int)], keep: inout [Bool]) {
        var spans = spans
        while let (first, last) = spans.popLast() {
            guard last - first > 1 else { continue }
            var worst = (index: first, distance: -1.0)
            for index in (first + 1)..<last {
                let away = distance(points[index], from: points[first], to: points[last])
                if away > worst.distance { worst = (index, away) }
            }
            guard worst.distance > tolerance else { continue }
            keep[worst.index] = true
            spans.append((first, worst.index))
            spans.append((worst.index, last))
        }
    }

    private static func distance(_ a: Point, _ b: Point) -> Double {
        ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
    }

    private static func distance(_ point: Point, from a: Point, to b: Point) -> Double {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = dx * dx + dy * dy
        guard length > 0 else { return distance(point, a) }
        let along = min(1, max(0, ((point.x - a.x) * dx + (point.y - a.y) * dy) / length))
        return distance(point, Point(x: a.x + along * dx, y: a.y + along * dy))
    }
}
