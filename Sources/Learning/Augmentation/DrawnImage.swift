import Foundation
import Imaging

/// Pictures that show no chest, made of nothing but random numbers.
enum DrawnImage: String, CaseIterable, Sendable {
    case noise
    /// One level, or one that rises to a side.
    case blank
    /// Bright bars on black: a bone in soft tissue, alone or several.
    case limb
    /// A palm with five fingers of three bones each.
    case hand
    /// Ellipses and rectangles of any level: documents, phantoms, screens.
    case shapes

    /// Rows and columns: enough that shrinking to the network's side averages.
    static let side = 128

    func plane(_ stream: inout RandomStream) -> GreyPlane {
        switch self {
        case .noise: Self.noise(&stream)
        case .blank: Self.blank(&stream)
        case .limb: Self.inBlack(Self.limb(&stream), &stream)
        case .hand: Self.inBlack(Self.hand(&stream), &stream)
        case .shapes: Self.shapes(&stream)
        }
    }

    // MARK: Fields of grey

    /// Grains of a random size, and often others of another size among them.
    private static func noise(_ stream: inout RandomStream) -> GreyPlane {
        let grains = [4, 8, 16, 32, 64, 128]
        var layers = 1 + stream.index(below: 2)
        let (mean, contrast) = (stream.uniform(40...215), stream.uniform(20...160))
        var sum = [Float](repeating: mean, count: side * side)
        while layers > 0 {
            let grain = grains[stream.index(below: grains.count)]
            let grid = GreyPlane(
                width: grain, height: grain, pixels: (0..<grain * grain).map { _ in UInt8(stream.index(below: 256)) }
            ).resized(width: side, height: side)
            for index in sum.indices { sum[index] += (Float(grid.pixels[index]) - 127.5) / 127.5 * contrast }
            layers -= 1
        }
        return GreyPlane(width: side, height: side, pixels: sum.map(level))
    }

    private static func blank(_ stream: inout RandomStream) -> GreyPlane {
        let (low, high) = (stream.uniform(0...255), stream.uniform(0...255))
        let angle = stream.uniform(0...2 * .pi)
        let isEven = stream.chance(0.5)
        let (wide, deep) = (cos(angle), sin(angle))
        return filled { x, y in
            isEven ? low : low + (high - low) * min(1, max(0, 0.5 + (x - 0.5) * wide + (y - 0.5) * deep))
        }
    }

    private static func shapes(_ stream: inout RandomStream) -> GreyPlane {
        var plane = GreyPlane(width: side, height: side, repeating: level(stream.uniform(0...255)))
        for _ in 0..<1 + stream.index(below: 12) {
            let centre = (x: stream.unit(), y: stream.unit())
            let half = (x: stream.uniform(0.03...0.4), y: stream.uniform(0.03...0.4))
            let isRound = stream.chance(0.5)
            let grey = level(stream.uniform(0...255))
            for row in 0..<side {
                for column in 0..<side {
                    let (x, y) = (
                        (Float(column) / Float(side) - centre.x) / half.x,
                        (Float(row) / Float(side) - centre.y) / half.y
                    )
                    if isRound ? x * x + y * y < 1 : max(abs(x), abs(y)) < 1 {
                        plane.pixels[row * side + column] = grey
                    }
                }
            }
        }
        return plane
    }

    // MARK: Bones

    /// A stretch with round ends, in a picture of side 1.
    private struct Bar {
        var from: (x: Float, y: Float)
        var to: (x: Float, y: Float)
        /// Of the soft tissue.
        var radius: Float
        /// Of the bone, as a share of the radius.
        var bone: Float

        /// From a point at an angle.
        init(_ from: (x: Float, y: Float), angle: Float, length: Float, radius: Float, bone: Float) {
            self.from = from
            to = (from.x + cos(angle) * length, from.y + sin(angle) * length)
            (self.radius, self.bone) = (radius, bone)
        }

        func distance(_ x: Float, _ y: Float) -> Float {
            let (across, down) = (to.x - from.x, to.y - from.y)
            let squared = max(1e-6, across * across + down * down)
            let place = min(1, max(0, ((x - from.x) * across + (y - from.y) * down) / squared))
            let (left, above) = (x - from.x - place * across, y - from.y - place * down)
            return (left * left + above * above).squareRoot()
        }
    }

    private static func limb(_ stream: inout RandomStream) -> [Bar] {
        let angle = stream.uniform(0...2 * .pi)
        return (0..<1 + stream.index(below: 4)).map { _ in
            Bar(
                (stream.unit(), stream.unit()), angle: angle + stream.uniform(-0.5...0.5),
                length: stream.uniform(0.3...1.2), radius: stream.uniform(0.05...0.2), bone: stream.uniform(0.2...0.7))
        }
    }

    private static func hand(_ stream: inout RandomStream) -> [Bar] {
        let wrist = (x: stream.uniform(0.35...0.65), y: stream.uniform(0.35...0.65))
        let (angle, size) = (stream.uniform(0...2 * .pi), stream.uniform(0.5...1))
        var bars = [
            Bar(wrist, angle: angle + .pi, length: 0.5 * size, radius: 0.12 * size, bone: stream.uniform(0.3...0.6))
        ]
        let spread = stream.uniform(0.15...0.35)
        for finger in -2...2 {
            let direction = angle + Float(finger) * spread
            var joint = (x: wrist.x + cos(direction) * 0.03, y: wrist.y + sin(direction) * 0.03)
            for (length, radius) in [(Float(0.2), Float(0.06)), (0.14, 0.045), (0.09, 0.035)] {
                let bar = Bar(
                    joint, angle: direction, length: length * size * stream.uniform(0.85...1.1), radius: radius * size,
                    bone: stream.uniform(0.3...0.6))
                bars.append(bar)
                joint = (bar.to.x + cos(direction) * 0.012, bar.to.y + sin(direction) * 0.012)
            }
        }
        return bars
    }

    private static func inBlack(_ bars: [Bar], _ stream: inout RandomStream) -> GreyPlane {
        let (ground, tissue, bone) = (stream.uniform(0...30), stream.uniform(40...140), stream.uniform(150...255))
        let soft = stream.uniform(0.1...0.5)
        return filled { x, y in
            bars.reduce(ground) { grey, bar in
                let depth = 1 - bar.distance(x, y) / bar.radius
                guard depth > 0 else { return grey }
                let core = depth > 1 - bar.bone ? bone : tissue
                return max(grey, ground + (core - ground) * min(1, depth / soft))
            }
        }
    }

    /// - Parameter grey: of a point in a picture of side 1.
    private static func filled(_ grey: (_ x: Float, _ y: Float) -> Float) -> GreyPlane {
        var plane = GreyPlane(width: side, height: side, repeating: 0)
        for row in 0..<side {
            for column in 0..<side {
                plane.pixels[row * side + column] = level(
                    grey((Float(column) + 0.5) / Float(side), (Float(row) + 0.5) / Float(side)))
            }
        }
        return plane
    }

    private static func level(_ grey: Float) -> UInt8 { UInt8(min(255, max(0, grey))) }
}
