import Foundation
import HilumTesting
import Imaging
import Testing

@testable import Texture

/// scikit-image's matrices and mahotas' features of small images (Fixtures/make_fixtures.py).
struct TextureFixture: Decodable, CustomTestStringConvertible {
    struct Features: Decodable {
        let counts: [String: UInt64]
        let haralick: [Double]
        let printed: [String: Double]
    }

    let image: String
    let levels: Int
    let distance: Int
    let masked: Bool
    let directions: [String: Features]

    var testDescription: String { "\(image), \(levels) levels, distance \(distance)\(masked ? ", masked" : "")" }

    static let folder = Workplace.root.appending(path: "Tests/TextureTests/Fixtures")

    static let all: [TextureFixture] = {
        struct File: Decodable { let cases: [TextureFixture] }
        let file = folder.appending(path: "texture.json")
        return (try? JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases) ?? []
    }()

    static func plane(_ name: String) throws -> GreyPlane {
        try ImageFile.readGrey(folder.appending(path: name + ".png").path)
    }

    func matrices() throws -> [CooccurrenceMatrix] {
        let mask = masked ? try Self.plane("mask") : nil
        return CooccurrenceMatrix.all(of: try Self.plane(image), mask: mask, levels: levels, distance: distance)
    }
}

@Suite struct CooccurrenceTests {
    @Test func fixturesAreThere() {
        #expect(TextureFixture.all.count == 7)
    }

    @Test(arguments: TextureFixture.all)
    func countsEqualScikitImage(fixture: TextureFixture) throws {
        for matrix in try fixture.matrices() {
            let expected = try #require(fixture.directions["\(matrix.direction.rawValue)"])
            var counts = [UInt64](repeating: 0, count: fixture.levels * fixture.levels)
            for (index, count) in expected.counts { counts[try #require(Int(index))] = count }
            #expect(matrix.counts == counts, "\(matrix.direction)")
        }
    }

    @Test func probabilitiesSumToOne() throws {
        for matrix in CooccurrenceMatrix.all(of: try TextureFixture.plane("noise")) {
            #expect(abs(matrix.probabilities.reduce(0, +) - 1) < 1e-12)
        }
    }

    /// The fast loop against the plain one, at widths around the distance, where its edges lie.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 16, 33], [1, 2, 3, 5])
    func everyWidthAndDistanceEqualsPlainLoop(width: Int, distance: Int) {
        let height = 9
        var state = SystemRandomNumberGenerator()
        let pixels = (0..<(width * height)).map { _ in UInt8.random(in: 0...255, using: &state) }
        let mask = (0..<(width * height)).map { _ in UInt8.random(in: 0...1, using: &state) }
        let plane = GreyPlane(width: width, height: height, pixels: pixels)
        let region = Mask(width: width, height: height, pixels: mask)
        for matrix in CooccurrenceMatrix.all(of: plane, levels: 16, distance: distance) {
            #expect(matrix.counts == plainCounts(plane, nil, matrix.direction, 16, distance))
        }
        for matrix in CooccurrenceMatrix.all(of: plane, mask: region, levels: 16, distance: distance) {
            #expect(matrix.counts == plainCounts(plane, region, matrix.direction, 16, distance))
        }
    }

    private func plainCounts(
        _ plane: GreyPlane, _ mask: Mask?, _ direction: Direction, _ levels: Int, _ distance: Int
    ) -> [UInt64] {
        let steps: [Direction: (Int, Int)] = [
            .degrees0: (1, 0), .degrees45: (1, -1), .degrees90: (0, -1), .degrees135: (-1, -1),
        ]
        let (dx, dy) = steps[direction] ?? (0, 0)
        var counts = [UInt64](repeating: 0, count: levels * levels)
        for y in 0..<plane.height {
            for x in 0..<plane.width {
                let (u, v) = (x + dx * distance, y + dy * distance)
                guard (0..<plane.width).contains(u), (0..<plane.height).contains(v) else { continue }
                if let mask, mask[row: y, column: x] == 0 || mask[row: v, column: u] == 0 { continue }
                let a = Int(plane[row: y, column: x]) * levels / 256
                let b = Int(plane[row: v, column: u]) * levels / 256
                counts[a * levels + b] += 1
                counts[b * levels + a] += 1
            }
        }
        return counts
    }
}
