extension Plane where Pixel == UInt8 {
    /// Dilated by OpenCV's elliptical structuring element of side 2 · `radius` + 1 (MORPH_ELLIPSE); nothing comes in
    /// from beyond the border. Values above 0 count as 1.
    public func dilated(radius: Int) -> Mask {
        guard radius > 0 else { return map { $0 == 0 ? 0 : 1 } }
        // A wider element reaches no further than the plane.
        let radius = min(radius, max(width, height))
        let reach = Ellipse.halfWidths(radius: radius)
        var out = Mask(width: width, height: height, repeating: 0)
        for row in 0..<height {
            let runs = runs(inRow: row)
            guard !runs.isEmpty else { continue }
            for target in max(0, row - radius)...min(height - 1, row + radius) {
                let half = reach[abs(target - row)]
                for run in runs {
                    let start = max(0, run.lowerBound - half)
                    let end = min(width, run.upperBound + half)
                    for column in start..<end { out.pixels[target * width + column] = 1 }
                }
            }
        }
        return out
    }

    /// The stretches of a row that are not 0.
    func runs(inRow row: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for column in 0..<width {
            if pixels[row * width + column] != 0 {
                if start == nil { start = column }
            } else if let begun = start {
                runs.append(begun..<column)
                start = nil
            }
        }
        if let start { runs.append(start..<width) }
        return runs
    }
}

enum Ellipse {
    /// For each distance from the middle row, how many columns OpenCV's ellipse reaches to either side.
    static func halfWidths(radius: Int) -> [Int] {
        let square = Double(radius * radius)
        return (0...radius).map {
            Int((Double(radius) * ((square - Double($0 * $0)) / square).squareRoot()).rounded(.toNearestOrEven))
        }
    }
}
