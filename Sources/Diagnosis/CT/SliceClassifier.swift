import Imaging
import NeuralNetworks

/// ResNet-101 on whole slices (method §8), and its class activation map.
struct SliceClassifier {
    let settings: SliceClassificationSettings
    let network: ClassNetwork
    let input: SliceInput

    struct Result {
        /// Means over the slices, in the order of the classes.
        var logits: [Double]
        /// Of the series, calibrated.
        var probabilities: [Double]
        /// Share of slices that vote for the series' top class.
        var agreement: Double
        var top: FindingClass
        /// Of the most probable abnormal class, on each slice's analysis image.
        var activation: [Plane<Float>]
    }

    /// - Parameter slices: at least one; analysis images in the lung window.
    func classify(_ slices: [GreyPlane]) throws -> Result {
        let answer = try network.answer(
            of: slices.map(input.square(ofAnalysisImage:)),
            PatchInput(side: settings.inputSide, mean: settings.mean, deviation: settings.deviation))
        let limits = settings.limits
        let probabilities = limits.probabilities(ofSeries: answer.logits)
        let top = Logits.top(probabilities)
        let map = ActivationMap(
            classWeight: network.classWeight, abnormal: limits.topAbnormal(probabilities), normal: limits.normalIndex)
        let activation = zip(map.planes(answer.maps), slices).map { plane, slice in
            let side = max(slice.width, slice.height)
            return plane.resized(width: side, height: side)
                .cropped(to: .fitting(width: slice.width, height: slice.height, into: side))
        }
        return Result(
            logits: answer.meanLogits, probabilities: probabilities, agreement: answer.agreement(on: top),
            top: settings.classes[top], activation: activation)
    }
}
