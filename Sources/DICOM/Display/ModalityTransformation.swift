internal import DICOMCore

/// Stored values to what they mean, Hounsfield units for instance (PS3.3 C.11.1).
public enum ModalityTransformation: Equatable, Sendable {
    case rescale(slope: Double, intercept: Double)
    case table(LookupTable)

    public static let identity = ModalityTransformation.rescale(slope: 1, intercept: 0)

    public func callAsFunction(_ stored: Double) -> Double {
        switch self {
        case .rescale(let slope, let intercept): stored * slope + intercept
        case .table(let table): Double(table[Int(saturating: stored)])
        }
    }
}

extension DataSet {
    /// Modality LUT Sequence, else the Pixel Value Transformation of the frame's functional groups, else rescale slope
    /// and intercept, else the identity.
    public func modalityTransformation(frame: Int = 0) -> ModalityTransformation {
        if let item = sequenceItem(.modalityLUTSequence, at: 0) {
            if let table = LookupTable(item, isSigned: integer(.pixelRepresentation) == 1) { return .table(table) }
        }
        let source = functionalGroup(.pixelValueTransformationSequence, frame: frame) ?? self
        let slope = source.double(.rescaleSlope) ?? 1
        return .rescale(slope: slope == 0 ? 1 : slope, intercept: source.double(.rescaleIntercept) ?? 0)
    }
}
