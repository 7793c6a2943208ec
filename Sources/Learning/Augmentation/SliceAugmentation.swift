import Foundation
import Imaging

/// Random views of a CT slice (method §8).
struct SliceAugmentation: Sendable {
    /// Of the slice's area.
    var area: ClosedRange<Float> = 0.55...1
    /// Degrees, to either side.
    var angle: Float = 12
    /// Natural logarithm, to either side.
    var aspect: Float = 0.12
    var flips: Float = 0.5
    var resamplingShare: Float = 0.3
    var smallest: Float = 0.5
    var grey = GreyAugmentation(gamma: 0.25, gain: 0.85...1.15, erasingShare: 0.2)

    /// - Parameter square: the whole slice fitted into a square.
    /// - Returns: `side × side` grey levels of 0…255.
    func sample(_ square: GreyPlane, side: Int, _ stream: inout RandomStream) -> [Float] {
        let width = Float(square.width)
        let extent = width * stream.uniform(area).squareRoot()
        let view = AffineView(
            side: side,
            centre: (
                stream.uniform(extent / 2...width - extent / 2), stream.uniform(extent / 2...width - extent / 2)
            ),
            extent: extent, angle: stream.uniform(-angle...angle) * .pi / 180,
            aspect: exp(stream.uniform(-aspect...aspect)), flipped: stream.chance(flips))
        let source = stream.chance(resamplingShare) ? square.resampled(smallest: smallest, &stream) : square
        var values = view.values(of: source)
        grey.apply(to: &values, side: side, &stream)
        return values
    }
}
