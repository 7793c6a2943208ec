extension Plane where Pixel == UInt8 {
    /// The largest 8-connected part; empty when the mask is.
    public func largestComponent() -> Mask {
        let parts = ConnectedComponents(self)
        guard let largest = parts.largest else { return map { _ in 0 } }
        return parts.mask(of: largest)
    }

    /// The mask with everything that no 4-connected way leads out of.
    public func fillingHoles() -> Mask {
        // 2 marks what was reached from the border.
        var marks = map { $0 == 0 ? 0 : 1 as UInt8 }
        var waiting: [Int] = []
        func reach(_ index: Int) {
            guard marks.pixels[index] == 0 else { return }
            marks.pixels[index] = 2
            waiting.append(index)
        }
        guard width > 0, height > 0 else { return self }
        for column in 0..<width {
            reach(column)
            reach((height - 1) * width + column)
        }
        for row in 0..<height {
            reach(row * width)
            reach(row * width + width - 1)
        }
        while let index = waiting.popLast() {
            let column = index % width
            if column > 0 { reach(index - 1) }
            if column + 1 < width { reach(index + 1) }
            if index >= width { reach(index - width) }
            if index + width < marks.pixels.count { reach(index + width) }
        }
        return marks.map { $0 == 2 ? 0 : 1 }
    }

    /// The pixels with this label.
    public func mask(of label: UInt8) -> Mask {
        map { $0 == label ? 1 : 0 }
    }

    /// Labels 1 and 2 each reduced to their largest part with its holes filled; where they then overlap, the left
    /// lung's stays (method §3).
    public func cleanedLungLabels() -> LabelPlane {
        var out = LabelPlane(width: width, height: height, repeating: 0)
        for lung: UInt8 in [1, 2] {
            let cleaned = mask(of: lung).largestComponent().fillingHoles()
            for (index, inside) in cleaned.pixels.enumerated() where inside != 0 { out.pixels[index] = lung }
        }
        return out
    }
}
