import Foundation
import Imaging

/// Random views of an enhanced radiograph and its lungs for the segmentation (method §3).
struct LungAugmentation: Sendable {
    /// Degrees, to either side.
    var angle: Float = 14
    var scale: ClosedRange<Float> = 0.8...1.2
    /// Share of the side, in each direction and to either side.
    var shift: Float = 0.08
    /// Natural logarithm, to either side.
    var aspect: Float = 0.07
    var flips: Float = 0.5
    /// Share of the samples that are shrunk and enlarged again, and the smallest size.
    var resamplingShare: Float = 0.25
    var smallest: Float = 0.4
    /// Share of the samples of which only the lungs are left.
    var blankShare: Float = 0.1
    var grey = GreyAugmentation(gamma: 0.35, noiseShare: 0.15, noise: 2...10, erasingShare: 0)

    /// - Parameters:
    ///   - square: the enhanced image fitted into a square.
    ///   - labels: of the same size, ``LungSets``.
    /// - Returns: `side × side` grey levels of 0…255 and labels; a flip exchanges right and left.
    func sample(
        _ square: GreyPlane, _ labels: LabelPlane, side: Int, _ stream: inout RandomStream
    ) -> (grey: [Float], labels: [UInt8]) {
        let extent = Float(square.width)
        let flipped = stream.chance(flips)
        let middle = extent / 2
        let view = AffineView(
            side: side,
            centre: (
                middle + stream.uniform(-shift...shift) * extent, middle + stream.uniform(-shift...shift) * extent
            ),
            extent: extent / stream.uniform(scale), angle: stream.uniform(-angle...angle) * .pi / 180,
            aspect: exp(stream.uniform(-aspect...aspect)), flipped: flipped)
        let source = stream.chance(resamplingShare) ? square.resampled(smallest: smallest, &stream) : square
        var values = view.values(of: source)
        var found = view.nearest(of: labels)
        if flipped {
            let mirrored = LungSets.allCases.map(\.mirrored.rawValue)
            found = found.map { mirrored[Int($0)] }
        }
        grey.apply(to: &values, side: side, &stream)
        if stream.chance(blankShare) {
            for index in values.indices where found[index] == 0 { values[index] = 0 }
        }
        return (values, found)
    }
}
