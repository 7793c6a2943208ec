package import Diagnosis
package import Imaging

/// Images that the input check is judged by: radiographs as they are and changed exactly, and what shows no chest.
package struct InputCheckExamples: Sendable {
    /// One image at the network's side.
    package struct Example: Sendable {
        package var kind: InputKind
        /// What was done: `upright`, `inverted`, `two in one`, `noise`, …
        package var name: String
        package var square: GreyPlane
    }

    package private(set) var examples: [Example] = []
    private let input: SegmentationInput

    /// Of everything that is drawn; other numbers than learning's.
    private static let seed: UInt64 = 0x5EED_0FC0_FFEE

    package init(input: SegmentationInput) { self.input = input }

    /// As it is, whatever it is.
    package mutating func add(_ image: GreyPlane, as kind: InputKind, named name: String) {
        examples.append(Example(kind: kind, name: name, square: input.square(of: image)))
    }

    /// A radiograph, what may be wrong with it, and two that don't show one whole chest.
    package mutating func addChanges(of image: GreyPlane, second: GreyPlane) {
        let changes: [(InputKind, String, GreyPlane)] = [
            (.upright, "upright", image), (.mirrored, "mirrored", image.mirrored),
            (.inverted, "inverted", image.inverted), (.turnedLeft, "turned left", image.turnedLeft),
            (.turnedRight, "turned right", image.turnedLeft.upsideDown),
            (.upsideDown, "upside down", image.upsideDown),
            (.other, "two in one", image.beside(second, below: false)),
            (.other, "quarter", Self.quarter(of: image)),
        ]
        for (kind, name, changed) in changes { add(changed, as: kind, named: name) }
    }

    /// Of each drawing so many.
    package mutating func addDrawings(_ count: Int) {
        for (number, drawing) in DrawnImage.allCases.enumerated() {
            for index in 0..<count {
                var stream = RandomStream(seed: Self.seed, .augmentation, index: UInt64(number * count + index))
                add(drawing.plane(&stream), as: .other, named: drawing.rawValue)
            }
        }
    }

    private static func quarter(of image: GreyPlane) -> GreyPlane {
        let (width, height) = (max(1, image.width / 2), max(1, image.height / 2))
        return image.cropped(to: PixelRect(x: 0, y: 0, width: width, height: height))
    }
}
