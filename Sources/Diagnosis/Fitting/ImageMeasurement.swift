package import Imaging

/// What the stages measured on one radiograph or CT series, before any threshold: what thresholds are fitted to and
/// networks are judged by.
package struct ImageMeasurement: Sendable {
    /// Nil when the lungs are plausible.
    package var lungs: ReviewReason?
    /// Means over the patches or slices; nil when the network did not run.
    package var logits: [Double]?
    package var agreement: Double?
    /// Activation of the most probable abnormal class at each lung pixel that the network saw.
    package var lungActivation: [Float]
    /// In the bundle's form.
    package var texture: [NamedValue]
    /// What the thresholds make of it.
    package var finding: Finding
    /// A radiograph's enhanced analysis image, which texture is measured on; nil where no lung was found.
    package var enhanced: GreyPlane?
    /// Of a radiograph's analysis image, after cleaning; nil where no lung was found.
    package var labels: LabelPlane?
    /// The classifier's last maps, averaged over patches, rows and columns; nil when the network did not run.
    package var features: [Float]?
}

/// A measurement that differs from an analysis.
package struct MeasurementOptions: Sendable {
    /// What the classifier sees instead of the analysis image, made of it and the lungs' labels of the same size.
    package var alteration: (@Sendable (GreyPlane, LabelPlane) -> GreyPlane)?
    /// Nothing after the lungs.
    package var lungsOnly: Bool

    package init(
        lungsOnly: Bool = false, alteration: (@Sendable (GreyPlane, LabelPlane) -> GreyPlane)? = nil
    ) {
        self.lungsOnly = lungsOnly
        self.alteration = alteration
    }
}
