import Foundation
import Imaging

/// Changes of grey levels, and of nothing else. Black stays black: it stands for what was cut away.
struct GreyAugmentation: Sendable {
    /// Natural logarithm of the exponent, to either side.
    var gamma: Float = 0.3
    /// Factor.
    var gain: ClosedRange<Float> = 0.8...1.2
    /// Of 0…1, to either side.
    var offset: Float = 0.05
    /// Share of the samples that get noise, and its largest deviation in grey levels.
    var noiseShare: Float = 0.2
    var noise: ClosedRange<Float> = 1...8
    /// Share of the samples of which a rectangle is blackened, and its sides as shares of the window's.
    var erasingShare: Float = 0.3
    var erasing: ClosedRange<Float> = 0.125...0.33

    /// - Parameter values: `side × side` grey levels of 0…255, which they stay.
    func apply(to values: inout [Float], side: Int, _ stream: inout RandomStream) {
        curve(&values, &stream)
        if stream.chance(noiseShare) { addNoise(&values, &stream) }
        if stream.chance(erasingShare) { erase(&values, side: side, &stream) }
    }

    private func curve(_ values: inout [Float], _ stream: inout RandomStream) {
        let exponent = exp(stream.uniform(-gamma...gamma))
        let factor = stream.uniform(gain)
        let shift = stream.uniform(-offset...offset)
        // One entry more, so that 255 has a neighbour.
        var table = (0...256).map { level in
            255 * min(1, max(0, factor * pow(Float(level) / 255, exponent) + shift))
        }
        table[0] = 0
        for index in values.indices {
            let level = Int(values[index])
            values[index] = table[level] + (table[level + 1] - table[level]) * (values[index] - Float(level))
        }
    }

    private func addNoise(_ values: inout [Float], _ stream: inout RandomStream) {
        let deviation = stream.uniform(noise)
        for index in values.indices {
            let change = deviation * stream.normal()
            if values[index] > 0 { values[index] = min(255, max(0, values[index] + change)) }
        }
    }

    private func erase(_ values: inout [Float], side: Int, _ stream: inout RandomStream) {
        let rectangle = WindowRectangle(sides: erasing, of: side, &stream)
        for row in rectangle.rows {
            for column in rectangle.columns { values[row * side + column] = 0 }
        }
    }
}

extension Plane where Pixel == UInt8 {
    /// What a smaller or blurred file of the same image would show: shrunk by a random factor and enlarged again.
    /// - Parameter smallest: share of the size that is left at least.
    func resampled(smallest: Float, _ stream: inout RandomStream) -> GreyPlane {
        let factor = stream.uniform(smallest...1)
        let (small, low) = (max(1, Int(Float(width) * factor)), max(1, Int(Float(height) * factor)))
        return resized(width: small, height: low).resized(width: width, height: height)
    }
}
