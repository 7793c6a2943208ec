import Imaging
import NeuralNetworks

/// ResNet-101 on patches of the lung box (method §5), and its class activation map (§7).
struct PatchClassifier {
    let settings: ClassificationSettings
    let executor: Executor
    /// Classes × features.
    let classWeight: Tensor

    struct Result {
        /// Means over the patches, in the order of the classes.
        var logits: [Double]
        /// Share of patches that vote for the top class of the means.
        var agreement: Double
        /// The top class.
        var top: FindingClass
        /// Of the most probable abnormal class, over the box.
        var activation: Plane<Float>
        /// Of the last maps, the mean over patches, rows and columns.
        var features: [Float]
    }

    /// Patches in one run of the network: bounds its memory.
    private static let batch = 8

    /// - Parameter rects: at least one.
    func classify(_ box: LungBox, patches rects: [PixelRect]) throws -> Result {
        let input = PatchInput(settings)
        var logits: [[Double]] = []
        var features: [Tensor] = []
        for start in stride(from: 0, to: rects.count, by: Self.batch) {
            let some = rects[start..<min(rects.count, start + Self.batch)]
            let out = try executor.run(input.tensor(of: some.map { box.grey.cropped(to: $0) }))
            guard let scores = out[ResNet101.Output.logits], let maps = out[ResNet101.Output.features] else {
                throw NeuralNetworkError.input(network: executor.network.name, problem: "returns no logits")
            }
            let classes = settings.classes.count
            logits += some.indices.map { patch in
                scores.values[(patch - start) * classes..<(patch - start + 1) * classes].map(Double.init)
            }
            features.append(maps)
        }
        let means = settings.classes.indices.map { name in
            logits.reduce(0) { $0 + $1[name] } / Double(max(1, logits.count))
        }
        let top = Logits.top(means)
        let votes = logits.count { Logits.top($0) == top }
        let abnormal = settings.classes.indices.filter { settings.classes[$0] != settings.normal }
        let marked = abnormal[Logits.top(abnormal.map { means[$0] })]
        return Result(
            logits: means, agreement: Double(votes) / Double(max(1, logits.count)), top: settings.classes[top],
            activation: ActivationMap(self, abnormal: marked, side: box.grey.width).plane(features, rects: rects),
            features: Self.means(of: features))
    }

    /// Over images, rows and columns.
    private static func means(of batches: [Tensor]) -> [Float] {
        var sums = [Double](repeating: 0, count: batches.first?.shape[1] ?? 0)
        var count = 0
        for maps in batches {
            let pixels = maps.shape[2] * maps.shape[3]
            count += maps.shape[0] * pixels
            for image in 0..<maps.shape[0] {
                for feature in sums.indices {
                    let start = (image * sums.count + feature) * pixels
                    sums[feature] += maps.values[start..<start + pixels].reduce(0.0) { $0 + Double($1) }
                }
            }
        }
        return sums.map { Float($0 / Double(max(1, count))) }
    }
}

/// A = ReLU(Σ_k (w_k,c − w_k,normal) f_k) for the top abnormal class c (method §7; Zhou et al. 2016), per patch, bilinear to the
/// patch, averaged where patches overlap.
struct ActivationMap {
    /// w_k,c − w_k,normal.
    let difference: [Float]
    /// Pixels of the box.
    let side: Int

    init(_ classifier: PatchClassifier, abnormal: Int, side: Int) {
        let normal = classifier.settings.classes.firstIndex(of: classifier.settings.normal) ?? 0
        let features = classifier.classWeight.shape[1]
        let weight = classifier.classWeight.values
        difference = (0..<features).map { weight[abnormal * features + $0] - weight[normal * features + $0] }
        self.side = side
    }

    /// - Parameters:
    ///   - batches: images × features × rows × columns, in the patches' order.
    ///   - rects: of the patches in the box.
    func plane(_ batches: [Tensor], rects: [PixelRect]) -> Plane<Float> {
        var sum = Plane<Float>(width: side, height: side, repeating: 0)
        var times = [Float](repeating: 0, count: side * side)
        var patch = 0
        for batch in batches {
            for image in 0..<batch.shape[0] {
                let rect = rects[patch]
                let map = small(batch, image: image).resized(width: rect.width, height: rect.height)
                for row in 0..<rect.height {
                    for column in 0..<rect.width {
                        let index = (rect.y + row) * side + rect.x + column
                        sum.pixels[index] += map.pixels[row * rect.width + column]
                        times[index] += 1
                    }
                }
                patch += 1
            }
        }
        for index in times.indices where times[index] > 1 { sum.pixels[index] /= times[index] }
        return sum
    }

    private func small(_ maps: Tensor, image: Int) -> Plane<Float> {
        let pixels = maps.shape[2] * maps.shape[3]
        let features = maps.shape[1]
        var values = [Float](repeating: 0, count: pixels)
        for feature in 0..<features {
            let start = (image * features + feature) * pixels
            for pixel in 0..<pixels { values[pixel] += difference[feature] * maps.values[start + pixel] }
        }
        return Plane(width: maps.shape[3], height: maps.shape[2], pixels: values.map { max(0, $0) })
    }
}
