public import Imaging

/// A radiograph as training keeps it in memory: its analysis image and the lungs on it.
public struct PreparedImage: Sendable, Equatable {
    /// The analysis image (method §1), not enhanced.
    public var grey: GreyPlane
    public var labels: LabelRuns

    public init(grey: GreyPlane, labels: LabelPlane) {
        self.grey = grey
        self.labels = LabelRuns(labels)
    }

    init(grey: GreyPlane, runs: LabelRuns) {
        self.grey = grey
        labels = runs
    }
}

/// Labels as stretches of equal ones in reading order: lungs take some two kilobytes instead of 64.
public struct LabelRuns: Sendable, Equatable {
    let width: Int
    let height: Int
    let values: [UInt8]
    let lengths: [UInt16]

    init(_ plane: LabelPlane) {
        var (values, lengths) = ([UInt8](), [UInt16]())
        for label in plane.pixels {
            if let last = values.last, last == label, let length = lengths.last, length < .max {
                lengths[lengths.count - 1] = length + 1
            } else {
                values.append(label)
                lengths.append(1)
            }
        }
        (width, height) = (plane.width, plane.height)
        (self.values, self.lengths) = (values, lengths)
    }

    /// Nil when the stretches do not fill the plane.
    init?(width: Int, height: Int, values: [UInt8], lengths: [UInt16]) {
        guard values.count == lengths.count, lengths.reduce(0, { $0 + Int($1) }) == width * height else { return nil }
        (self.width, self.height) = (width, height)
        (self.values, self.lengths) = (values, lengths)
    }

    public var plane: LabelPlane {
        var plane = LabelPlane(width: width, height: height, repeating: 0)
        var start = 0
        for (value, length) in zip(values, lengths) {
            let end = start + Int(length)
            if value != 0 {
                for index in start..<end { plane.pixels[index] = value }
            }
            start = end
        }
        return plane
    }
}
