import Imaging

/// The lungs of one axial slice on the analysis grid: what is darker than tissue and not outside the body (method §8).
///
/// The slice is taken as radiologists look at it: the patient's right on the left of the image.
struct SliceLungs {
    /// 1 right, 2 left.
    var labels: LabelPlane

    var pixels: Int { labels.pixels.count { $0 != 0 } }

    /// - Parameters:
    ///   - dark: 1 where the slice is air or lung.
    ///   - minimumShare: parts with a smaller share of the slice are no lungs: the trachea, gas in the bowel.
    init(dark: Mask, minimumShare: Double) {
        let parts = ConnectedComponents(dark)
        let outside = Self.partsAtBorder(parts.labels)
        let smallest = minimumShare * Double(dark.pixels.count)
        let kept = parts.areas.indices.map {
            $0 > 0 && !outside.contains(Int32($0)) && Double(parts.areas[$0]) >= smallest
        }
        let lungs = parts.labels.map { kept[Int($0)] ? 1 : 0 as UInt8 }
        guard lungs.pixels.contains(1) else {
            labels = lungs
            return
        }
        let tissue = dark.map { $0 == 0 ? 1 : 0 as UInt8 }.largestComponent()
        let seam = Seam(lungs, around: tissue.extent ?? PixelRect(x: 0, y: 0, width: dark.width, height: dark.height))
        labels = Self.sides(of: lungs, seam)
    }

    /// Keeps only parts that touch, from above or below, the lungs of the neighbouring slice.
    func connected(to neighbour: SliceLungs) -> SliceLungs {
        guard neighbour.labels.pixels.count == labels.pixels.count else { return self }
        let parts = ConnectedComponents(labels)
        var touched = Set<Int32>()
        for (index, part) in parts.labels.pixels.enumerated() where part != 0 && neighbour.labels.pixels[index] != 0 {
            touched.insert(part)
        }
        var kept = self
        for (index, part) in parts.labels.pixels.enumerated() where part != 0 && !touched.contains(part) {
            kept.labels.pixels[index] = 0
        }
        return kept
    }

    private static func partsAtBorder(_ labels: Plane<Int32>) -> Set<Int32> {
        var parts = Set<Int32>()
        for column in 0..<labels.width {
            parts.insert(labels[row: 0, column: column])
            parts.insert(labels[row: labels.height - 1, column: column])
        }
        for row in 0..<labels.height {
            parts.insert(labels[row: row, column: 0])
            parts.insert(labels[row: row, column: labels.width - 1])
        }
        return parts
    }

    /// Vessels and nodules inside a lung belong to it.
    private static func sides(of lungs: Mask, _ seam: Seam) -> LabelPlane {
        var right = lungs
        var left = lungs
        for row in 0..<lungs.height {
            for column in 0..<lungs.width {
                if column < seam.columns[row] {
                    left[row: row, column: column] = 0
                } else {
                    right[row: row, column: column] = 0
                }
            }
        }
        var labels = right.fillingHoles()
        for (index, inside) in left.fillingHoles().pixels.enumerated() where inside != 0 && labels.pixels[index] == 0 {
            labels.pixels[index] = 2
        }
        return labels
    }
}

/// A way from the top row to the bottom row, near the middle of the body, that crosses as little lung as possible:
/// right and left lung stay apart even where they touch.
struct Seam {
    /// The first column of the patient's left side, for each row.
    let columns: [Int]

    /// The way's columns lie within this share of the body's width around its middle.
    private static let reach = 0.2

    init(_ lungs: Mask, around body: PixelRect) {
        let middle = body.x + body.width / 2
        let half = max(1, Int(Self.reach * Double(body.width)))
        let first = min(max(0, middle - half), lungs.width - 1)
        let last = max(first, min(lungs.width - 1, middle + half))
        let width = last - first + 1
        // Crossing lung costs most, leaving the middle a little.
        func cost(_ row: Int, _ column: Int) -> Int {
            (lungs[row: row, column: first + column] != 0 ? 1000 : 0) + abs(first + column - middle) / 8
        }
        var total = (0..<width).map { cost(0, $0) }
        var steps: [[Int8]] = []
        for row in 1..<max(1, lungs.height) {
            var next = total
            var step = [Int8](repeating: 0, count: width)
            for column in 0..<width {
                var best = total[column]
                for move in [-1, 1] where (0..<width).contains(column + move) && total[column + move] < best {
                    best = total[column + move]
                    step[column] = Int8(move)
                }
                next[column] = best + cost(row, column)
            }
            total = next
            steps.append(step)
        }
        var column = total.indices.min { total[$0] < total[$1] } ?? 0
        var columns = [first + column]
        for step in steps.reversed() {
            column += Int(step[column])
            columns.append(first + column)
        }
        self.columns = columns.reversed()
    }
}
