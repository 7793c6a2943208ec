import Imaging
import NeuralNetworks

/// ResNet-101 on patches of the lung box (method §5), and its class activation map (§7).
struct PatchClassifier {
    let settings: ClassificationSettings
    let network: ClassNetwork

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

    /// - Parameter rects: at least one.
    func classify(_ box: LungBox, patches rects: [PixelRect]) throws -> Result {
        let patches = Patch.patches(rects, mirrorsEverySecond: settings.mirrorsEverySecondPatch)
        let answer = try network.answer(of: patches.map { $0.grey(of: box.grey) }, PatchInput(settings))
        let logits = answer.meanLogits
        let top = Logits.top(logits)
        let activation = ActivationMap(
            classWeight: network.classWeight, abnormal: settings.limits.topAbnormal(logits),
            normal: settings.limits.normalIndex)
        return Result(
            logits: logits, agreement: answer.agreement(on: top), top: settings.classes[top],
            activation: activation.box(answer.maps, patches, side: box.grey.width), features: answer.meanFeatures)
    }
}
