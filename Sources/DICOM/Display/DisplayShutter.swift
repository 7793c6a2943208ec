internal import DICOMCore

/// What of an image is to be seen (PS3.3 C.7.6.11, C.7.6.15). Rows and columns count from 1.
struct DisplayShutter {
    private var rectangle: (left: Int, right: Int, upper: Int, lower: Int)?
    private var circle: (row: Int, column: Int, radius: Int)?
    private var polygon: [(row: Int, column: Int)] = []

    /// Nil when the object has none.
    init?(_ dataSet: DataSet) {
        let shapes = dataSet.strings(Tag(0x0018, 0x1600))
        if shapes.contains("RECTANGULAR"), let left = dataSet.integer(Tag(0x0018, 0x1602)),
            let right = dataSet.integer(Tag(0x0018, 0x1604)), let upper = dataSet.integer(Tag(0x0018, 0x1606)),
            let lower = dataSet.integer(Tag(0x0018, 0x1608))
        {
            rectangle = (left, right, upper, lower)
        }
        let center = dataSet.integers(Tag(0x0018, 0x1610))
        if shapes.contains("CIRCULAR"), center.count == 2, let radius = dataSet.integer(Tag(0x0018, 0x1612)) {
            circle = (center[0], center[1], radius)
        }
        let vertices = dataSet.integers(Tag(0x0018, 0x1620))
        if shapes.contains("POLYGONAL"), (6...2 * Self.mostVertices).contains(vertices.count) {
            polygon = stride(from: 0, to: vertices.count - 1, by: 2).map { (vertices[$0], vertices[$0 + 1]) }
        }
        guard rectangle != nil || circle != nil || !polygon.isEmpty else { return nil }
    }

    /// A polygon of more is ignored. Its value (VR IS, explicit) could not hold so many.
    private static let mostVertices = 1 << 14

    /// Which columns of a row are inside of every shape; the edges themselves are.
    func shown(row: Int, columns: Int) -> [Bool] {
        var crossings = polygonCrossings(Double(row))[...]
        return (1...columns).map { column in
            crossings = crossings.drop { $0 <= Double(column) }
            let isInPolygon = polygon.isEmpty || crossings.count % 2 == 1
            return isInPolygon && isInRectangleAndCircle(row: row, column: column)
        }
    }

    private func isInRectangleAndCircle(row: Int, column: Int) -> Bool {
        if let rectangle {
            guard column >= rectangle.left, column <= rectangle.right, row >= rectangle.upper, row <= rectangle.lower
            else { return false }
        }
        if let circle {
            let distance = (Double(row) - Double(circle.row), Double(column) - Double(circle.column))
            let radius = Double(circle.radius)
            guard distance.0 * distance.0 + distance.1 * distance.1 <= radius * radius else { return false }
        }
        return true
    }

    /// Where the polygon's edges cross a row, in rising order: a pixel with an odd number of them to its right is inside.
    private func polygonCrossings(_ row: Double) -> [Double] {
        guard var previous = polygon.last else { return [] }
        var crossings: [Double] = []
        for vertex in polygon {
            let (top, bottom) = (Double(vertex.row), Double(previous.row))
            if (top > row) != (bottom > row) {
                let crossing = (Double(previous.column) - Double(vertex.column)) * (row - top) / (bottom - top)
                crossings.append(crossing + Double(vertex.column))
            }
            previous = vertex
        }
        return crossings.sorted()
    }
}
