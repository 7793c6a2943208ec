import Imaging
import NeuralNetworks

/// A = ReLU(Σ_k (w_k,c − w_k,normal) f_k) for the top abnormal class c (method §7; Zhou et al. 2016).
struct ActivationMap {
    /// w_k,c − w_k,normal.
    private let difference: [Float]

    /// - Parameters:
    ///   - classWeight: classes × features.
    ///   - abnormal, normal: indices of classes.
    init(classWeight: Tensor, abnormal: Int, normal: Int) {
        let features = classWeight.shape[1]
        let weight = classWeight.values
        difference = (0..<features).map { weight[abnormal * features + $0] - weight[normal * features + $0] }
    }

    /// Of each square, as small as the network's last maps.
    /// - Parameter batches: squares × features × rows × columns each.
    func planes(_ batches: [Tensor]) -> [Plane<Float>] {
        batches.flatMap { batch in (0..<batch.shape[0]).map { plane(batch, square: $0) } }
    }

    /// Over a box of `side × side`: bilinear to each patch, averaged where patches overlap.
    /// - Parameter patches: in the batches' order.
    func box(_ batches: [Tensor], _ patches: [Patch], side: Int) -> Plane<Float> {
        var sum = Plane<Float>(width: side, height: side, repeating: 0)
        var times = [Float](repeating: 0, count: side * side)
        for (small, patch) in zip(planes(batches), patches) {
            let rect = patch.rect
            let map = patch.turned(small).resized(width: rect.width, height: rect.height)
            for row in 0..<rect.height {
                for column in 0..<rect.width {
                    let index = (rect.y + row) * side + rect.x + column
                    sum.pixels[index] += map.pixels[row * rect.width + column]
                    times[index] += 1
                }
            }
        }
        for index in times.indices where times[index] > 1 { sum.pixels[index] /= times[index] }
        return sum
    }

    private func plane(_ maps: Tensor, square: Int) -> Plane<Float> {
        let pixels = maps.shape[2] * maps.shape[3]
        let features = maps.shape[1]
        var values = [Float](repeating: 0, count: pixels)
        for feature in 0..<features {
            let start = (square * features + feature) * pixels
            for pixel in 0..<pixels { values[pixel] += difference[feature] * maps.values[start + pixel] }
        }
        return Plane(width: maps.shape[3], height: maps.shape[2], pixels: values.map { max(0, $0) })
    }
}

extension Plane where Pixel == Float {
    /// As pictures show it: 0…1 of the bundle's scale.
    func activation(ofScale scale: Double) -> Plane<Float> {
        let scale = Float(scale)
        return map { min(1, max(0, $0 / scale)) }
    }
}

extension [Float] {
    /// Share of the lungs' pixels whose activation is above the bundle's threshold.
    func share(above threshold: Double) -> Double {
        let threshold = Float(threshold)
        return Double(count { $0 > threshold }) / Double(Swift.max(1, count))
    }
}
