import Diagnosis
import Foundation
import Imaging

/// Random views of images for the input check (method §7): what a radiograph may look like, and what is wrong with
/// others.
struct InputCheckAugmentation: Sendable {
    /// What a sample is made of.
    struct Material {
        /// Analysis images of two radiographs.
        var image: GreyPlane
        var second: GreyPlane
        /// A CT slice; nil where there are none.
        var slice: GreyPlane?
    }

    /// What shows no frontal radiograph of one chest.
    enum Other: CaseIterable, Sendable {
        case slice, twoInOne, part, drawn
    }

    /// Degrees, to either side.
    var angle: Float = 12
    /// By which most images that are turned by 90 and 180 degrees are turned more or less, and the others.
    var mostTilt: Float = 12
    var anyTilt: Float = 50
    var anyTiltShare: Float = 0.3
    /// Of what the window spans.
    var scale: ClosedRange<Float> = 0.85...1.2
    /// Share of the side, in each direction and to either side.
    var shift: Float = 0.06
    /// Natural logarithm, to either side.
    var aspect: Float = 0.1
    /// Sides of a part of a radiograph, as shares of its own.
    var part: ClosedRange<Float> = 0.3...0.5
    /// In the order of ``Other``.
    var others: [Float] = [0.3, 0.15, 0.15, 0.4]
    var grey = GreyAugmentation(gamma: 0.35, noiseShare: 0.2, noise: 2...12, erasingShare: 0.15, erasing: 0.06...0.2)

    /// - Returns: `side × side` grey levels of 0…255.
    func sample(_ kind: InputKind, of material: Material, side: Int, _ stream: inout RandomStream) -> [Float] {
        let image = material.image
        var values: [Float]
        switch kind {
        case .upright, .mirrored:
            values = view(of: image, side: side, flipped: kind == .mirrored, &stream)
        case .inverted:
            // Black that surrounds a radiograph to make it square stays.
            let turn = stream.chance(0.15) ? stream.uniform(-180...180) : 0
            values = view(of: image.inverted, side: side, turn: turn, flipped: stream.chance(0.3), &stream)
        case .turnedLeft: values = turned(image, by: 90, side: side, &stream)
        case .turnedRight: values = turned(image, by: -90, side: side, &stream)
        case .upsideDown: values = turned(image, by: 180, side: side, &stream)
        case .other: values = other(choice(&stream), of: material, side: side, &stream)
        }
        grey.apply(to: &values, side: side, &stream)
        return values
    }

    func other(
        _ other: Other, of material: Material, side: Int, _ stream: inout RandomStream
    ) -> [Float] {
        switch other {
        case .slice:
            let slice = material.slice ?? DrawnImage.shapes.plane(&stream)
            let turn = Float(stream.index(below: 4)) * 90
            return view(of: slice, side: side, turn: turn, flipped: stream.chance(0.5), &stream)
        case .twoInOne:
            let pair = material.image.beside(material.second, below: stream.chance(0.3))
            return view(of: pair, side: side, flipped: stream.chance(0.3), &stream)
        case .part:
            return view(of: part(of: material.image, &stream), side: side, flipped: stream.chance(0.5), &stream)
        case .drawn:
            let drawing = DrawnImage.allCases[stream.index(below: DrawnImage.allCases.count)].plane(&stream)
            let shown = stream.chance(0.15) ? drawing.inverted : drawing
            return AffineView(side: side, centre: (64, 64), extent: Float(DrawnImage.side)).values(of: shown)
        }
    }

    /// A rectangle of the image's own aspect, more or less.
    private func part(of image: GreyPlane, _ stream: inout RandomStream) -> GreyPlane {
        let (width, height) = (
            max(1, Int(stream.uniform(part) * Float(image.width))),
            max(1, Int(stream.uniform(part) * Float(image.height)))
        )
        return image.cropped(
            to: PixelRect(
                x: stream.index(below: image.width - width + 1), y: stream.index(below: image.height - height + 1),
                width: width, height: height))
    }

    private func choice(_ stream: inout RandomStream) -> Other {
        var place = stream.unit() * others.reduce(0, +)
        for (other, share) in zip(Other.allCases, others) {
            if place < share { return other }
            place -= share
        }
        return .drawn
    }

    private func turned(
        _ image: GreyPlane, by turn: Float, side: Int, _ stream: inout RandomStream
    ) -> [Float] {
        let tilt = stream.chance(anyTiltShare) ? anyTilt : mostTilt
        return view(
            of: image, side: side, turn: turn + stream.uniform(-tilt...tilt), flipped: stream.chance(0.4), &stream)
    }

    /// - Parameter turn: degrees, to the left; a little more or less is drawn.
    private func view(
        of plane: GreyPlane, side: Int, turn: Float = 0, flipped: Bool, _ stream: inout RandomStream
    ) -> [Float] {
        let square = plane.fitted(into: max(plane.width, plane.height))
        let extent = Float(square.width)
        let angle = (turn + stream.uniform(-angle...angle)) * .pi / 180
        let middle = extent / 2
        let view = AffineView(
            side: side,
            centre: (
                middle + stream.uniform(-shift...shift) * extent, middle + stream.uniform(-shift...shift) * extent
            ),
            // The mirror comes after the turn, so that it would turn the other way.
            extent: extent * stream.uniform(scale), angle: flipped ? -angle : angle,
            aspect: exp(stream.uniform(-aspect...aspect)), flipped: flipped)
        return view.values(of: square)
    }
}

/// Exact changes of images.
extension Plane where Pixel == UInt8 {
    var inverted: GreyPlane { map { 255 - $0 } }

    /// By 90 degrees: what was the top is on the left.
    var turnedLeft: GreyPlane {
        var turned = GreyPlane(width: height, height: width, repeating: 0)
        for row in 0..<width {
            for column in 0..<height {
                turned.pixels[row * height + column] = pixels[column * width + width - 1 - row]
            }
        }
        return turned
    }

    /// By 180 degrees.
    var upsideDown: GreyPlane { GreyPlane(width: width, height: height, pixels: pixels.reversed()) }

    /// Two images in one: both in squares of this one's longer side.
    /// - Parameter below: the second lies below the first, not to its right.
    func beside(_ second: GreyPlane, below: Bool) -> GreyPlane {
        let side = Swift.max(1, width, height)
        let (first, second) = (fitted(into: side), second.fitted(into: side))
        if below { return GreyPlane(width: side, height: 2 * side, pixels: first.pixels + second.pixels) }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(2 * side * side)
        for start in stride(from: 0, to: side * side, by: side) {
            pixels += first.pixels[start..<start + side]
            pixels += second.pixels[start..<start + side]
        }
        return GreyPlane(width: 2 * side, height: side, pixels: pixels)
    }
}
