import Imaging

/// Which pixels of a slice are air or lung.
enum DarkPixels {
    /// By Hounsfield units.
    static func mask(_ hounsfield: Plane<Int16>, below threshold: Int) -> Mask {
        hounsfield.map { Int($0) < threshold ? 1 : 0 }
    }

    /// Of a picture, whose window nobody stated: at the threshold that parts its grey levels best (Otsu 1979).
    static func mask(_ grey: GreyPlane) -> Mask {
        let threshold = otsu(grey.histogram())
        return grey.map { Int($0) <= threshold ? 1 : 0 }
    }

    /// The highest level of the darker class.
    static func otsu(_ histogram: [UInt32]) -> Int {
        let total = histogram.reduce(0) { $0 + Double($1) }
        let sum = histogram.enumerated().reduce(0) { $0 + Double($1.offset) * Double($1.element) }
        var best = (level: 0, between: -1.0)
        var dark = 0.0
        var darkSum = 0.0
        for (level, count) in histogram.enumerated() {
            dark += Double(count)
            darkSum += Double(level) * Double(count)
            guard dark > 0, dark < total else { continue }
            let difference = darkSum / dark - (sum - darkSum) / (total - dark)
            let between = dark * (total - dark) * difference * difference
            if between > best.between { best = (level, between) }
        }
        return best.level
    }
}
