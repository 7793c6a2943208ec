/// What the stages measured on one radiograph, before any threshold: what thresholds are fitted to.
package struct RadiographMeasurement: Sendable {
    /// Nil when the lungs are plausible.
    package var lungs: ReviewReason?
    /// Means over the patches; nil when the network did not run.
    package var logits: [Double]?
    package var agreement: Double?
    /// Activation of the most probable abnormal class at each lung pixel of the box.
    package var lungActivation: [Float]
    /// In the bundle's form.
    package var texture: [NamedValue]
}
