package import Imaging

/// What the stages measured on one radiograph, before any threshold: what thresholds are fitted to and networks are judged
/// by.
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
    /// What the thresholds make of it.
    package var finding: Finding
    /// The enhanced analysis image, which texture is measured on; nil where no lung was found.
    package var enhanced: GreyPlane?
    /// Of the analysis image, after cleaning; nil where no lung was found.
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
