import Foundation
import HilumTesting
import Testing

@testable import Imaging

/// What OpenCV, scipy and Pillow made (Fixtures/make_fixtures.py).
enum Fixture {
    struct Facts: Decodable {
        let components: Int
        let areas: [Int]
        let percentiles: [Float]
        let contours: Int
        let sizes: [[Int]]
    }

    static let folder = Workplace.root.appending(path: "Tests/ImagingTests/Fixtures")

    static func path(_ file: String) -> String { folder.appending(path: file).path }

    static func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: file)))
    }

    static func grey(_ name: String) throws -> GreyPlane { try ImageFile.readGrey(path(name + ".png")) }

    static func facts() throws -> Facts {
        try JSONDecoder().decode(Facts.self, from: Data(contentsOf: folder.appending(path: "facts.json")))
    }

    static let noisy: GreyPlane = {
        var generator = SplitMix64(state: 3)
        return GreyPlane(
            width: 203, height: 77, pixels: (0..<(203 * 77)).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }()
}

/// The largest difference of two planes of one size.
func largestDifference(_ a: GreyPlane, _ b: GreyPlane) -> Int {
    guard a.width == b.width, a.height == b.height else { return .max }
    return zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

/// The share of pixels that differ at all.
func differingShare(_ a: GreyPlane, _ b: GreyPlane) -> Double {
    Double(zip(a.pixels, b.pixels).count { $0 != $1 }) / Double(max(1, a.pixels.count))
}
