import Foundation
import Imaging

@testable import Learning

/// What Fixtures/make_training.py stored.
struct TrainingFixture: Decodable {
    struct View: Decodable {
        var side: Int
        var centre: [Float]
        var extent: Float
        var angle: Float
        var aspect: Float
        var shear: Float
        var flipped: Bool
        var points: Int
        var values: [Float]
    }

    var width: Int
    var height: Int
    var pixels: [UInt8]
    var views: [View]
    var cosine: [Float]
    var splitMix: [String]
    var logits: [[Double]]
    var labels: [Int]
    var loss: Double

    var plane: GreyPlane { GreyPlane(width: width, height: height, pixels: pixels) }

    static func load() throws -> TrainingFixture {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/training.json")
        return try JSONDecoder().decode(TrainingFixture.self, from: Data(contentsOf: file))
    }
}
