internal import DICOMCore

/// One monochrome frame on its way to grey levels.
struct GreyRendering {
    private let dataSet: DataSet
    private let frame: StoredFrame
    private let index: Int
    private let modality: ModalityTransformation
    private let valid: [UInt8]?
    private let isInverted: Bool
    /// What stored values can be.
    private let stored: ClosedRange<Double>

    init(_ dataSet: DataSet, _ image: ImageDescription, _ frame: StoredFrame, _ index: Int) throws(DICOMError) {
        guard frame.photometricInterpretation.isMonochrome else {
            throw .unsupported(what: "the photometric interpretation '\(frame.photometricInterpretation)'")
        }
        self.dataSet = dataSet
        self.frame = frame
        self.index = index
        modality = dataSet.modalityTransformation(frame: index)
        stored = Self.range(image)
        valid = Self.validity(frame, PixelPadding(dataSet, image), DisplayShutter(dataSet))
        // Presentation LUT Shape (2050,0020) INVERSE says the same as MONOCHROME1 (PS3.3 C.8.11.3.1.1).
        isInverted =
            frame.photometricInterpretation == .monochrome1 || dataSet.string(.presentationLUTShape) == "INVERSE"
    }

    private static func range(_ image: ImageDescription) -> ClosedRange<Double> {
        let span = Double(sign: .plus, exponent: min(max(1, image.bitsStored), 64), significand: 1)
        return image.isSigned ? -span / 2...span / 2 - 1 : 0...span - 1
    }

    private static func validity(
        _ frame: StoredFrame, _ padding: PixelPadding?, _ shutter: DisplayShutter?
    ) -> [UInt8]? {
        guard padding != nil || shutter != nil else { return nil }
        var valid = [UInt8](repeating: 1, count: frame.rows * frame.columns)
        if let padding { valid = ValueMap(frame).map { padding.contains($0) ? 0 : 1 } }
        if let shutter {
            for row in 0..<frame.rows {
                let shown = shutter.shown(row: row + 1, columns: frame.columns)
                for column in 0..<frame.columns where !shown[column] {
                    valid[row * frame.columns + column] = 0
                }
            }
        }
        return valid.contains(0) ? valid : nil
    }

    func display(_ choice: WindowChoice) throws(DICOMError) -> DisplayFrame {
        let voi = try dataSet.voiTransformation(choice, frame: index, values: values, range: possible)
        var grey = ValueMap(frame).map { stored in
            let brightness = voi.brightness(modality(stored))
            return UInt8(level: (isInverted ? 1 - brightness : brightness) * 255)
        }
        if let valid {
            for pixel in grey.indices where valid[pixel] == 0 { grey[pixel] = 0 }
        }
        return DisplayFrame(width: frame.columns, height: frame.rows, grey: grey, valid: valid, rgb: nil)
    }

    /// After the modality transformation.
    private var possible: ClosedRange<Double> {
        let ends = [modality(stored.lowerBound), modality(stored.upperBound)].filter(\.isFinite)
        guard let low = ends.min(), let high = ends.max() else { return stored }
        return low...high
    }

    private func values() -> [Double] {
        let values = ValueMap(frame).map { modality($0) }
        guard let valid else { return values.filter(\.isFinite) }
        return zip(values, valid).compactMap { $1 == 1 && $0.isFinite ? $0 : nil }
    }
}
