/// Outlines of masks as closed polygons, as SCOORD needs them (PS3.3 C.18.6).
public enum Outlines {
    /// One polygon per 8-connected part, the largest part first: the way along the pixel edges that separate it from
    /// the outside, clockwise as seen on a screen. Holes are not outlined. A mask that touches the border is closed
    /// along the border.
    ///
    /// - Parameters:
    ///   - mask: 0 outside.
    ///   - tolerance: nil keeps every corner, and the polygon encloses exactly the part's pixels. Otherwise the steps of
    ///     the edge are cut to their middles and points left out that lie no further than `tolerance` pixels from the
    ///     line without them.
    ///   - smallest: parts of fewer pixels are left out.
    public static func polygons(of mask: Mask, tolerance: Double? = nil, smallest: Int = 1) -> [Contour] {
        let parts = ConnectedComponents(mask)
        let order = (1..<parts.areas.count).filter { parts.areas[$0] >= smallest }
            .sorted { parts.areas[$0] > parts.areas[$1] || (parts.areas[$0] == parts.areas[$1] && $0 < $1) }
        var starts: [Int32: Int] = [:]
        for (index, label) in parts.labels.pixels.enumerated() where label != 0 && starts[label] == nil {
            starts[label] = index
        }
        return order.compactMap { number in
            starts[Int32(number)].map { start in
                let way = crackWay(in: parts.labels, label: Int32(number), start: start)
                guard let tolerance else { return corners(of: way) }
                return simplified(middles(of: way), tolerance: tolerance)
            }
        }
    }

    /// The area that a simple polygon encloses.
    public static func area(of contour: Contour) -> Double {
        var twice = 0.0
        for (index, point) in contour.enumerated() {
            let next = contour[(index + 1) % contour.count]
            twice += point.x * next.y - next.x * point.y
        }
        return abs(twice) / 2
    }

    private struct Corner: Equatable {
        var x: Int
        var y: Int
    }

    /// Every pixel corner on the way, with the part on the right-hand side.
    private static func crackWay(in labels: Plane<Int32>, label: Int32, start: Int) -> [Corner] {
        func inside(_ x: Int, _ y: Int) -> Bool {
            x >= 0 && y >= 0 && x < labels.width && y < labels.height && labels.pixels[y * labels.width + x] == label
        }
        let origin = Corner(x: start % labels.width, y: start / labels.width)
        var way: [Corner] = []
        var corner = origin
        // The start is the part's first pixel in reading order, so its upper edge is part of the outline.
        var direction = (x: 1, y: 0)
        repeat {
            way.append(corner)
            corner = Corner(x: corner.x + direction.x, y: corner.y + direction.y)
            let left = aheadPixels(corner, direction).left
            let right = aheadPixels(corner, direction).right
            if inside(left.x, left.y) {
                // Diagonal neighbours belong together: turn left as soon as that pixel is inside.
                direction = (direction.y, -direction.x)
            } else if !inside(right.x, right.y) {
                direction = (-direction.y, direction.x)
            }
        } while corner != origin || direction != (1, 0)
        return way
    }

    /// The two pixels that lie ahead of a corner, on either side of the direction.
    private static func aheadPixels(_ corner: Corner, _ direction: (x: Int, y: Int)) -> (left: Corner, right: Corner) {
        switch direction {
        case (1, 0): (Corner(x: corner.x, y: corner.y - 1), Corner(x: corner.x, y: corner.y))
        case (0, 1): (Corner(x: corner.x, y: corner.y), Corner(x: corner.x - 1, y: corner.y))
        case (-1, 0): (Corner(x: corner.x - 1, y: corner.y), Corner(x: corner.x - 1, y: corner.y - 1))
        default: (Corner(x: corner.x - 1, y: corner.y - 1), Corner(x: corner.x, y: corner.y - 1))
        }
    }

    private static func corners(of way: [Corner]) -> Contour {
        way.indices.compactMap { index in
            let before = way[(index + way.count - 1) % way.count]
            let here = way[index]
            let after = way[(index + 1) % way.count]
            let straight = (before.x == here.x && here.x == after.x) || (before.y == here.y && here.y == after.y)
            return straight ? nil : Point(x: Double(here.x), y: Double(here.y))
        }
    }

    private static func middles(of way: [Corner]) -> Contour {
        way.indices.map { index in
            let here = way[index]
            let after = way[(index + 1) % way.count]
            return Point(x: Double(here.x + after.x) / 2, y: Double(here.y + after.y) / 2)
        }
    }
}
