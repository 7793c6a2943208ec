internal import DICOMCore

/// A frame as it is to be seen: 0 is black.
public struct DisplayFrame: Equatable, Sendable {
    public var width: Int
    public var height: Int
    /// `width * height` levels, row by row. Padding and what a shutter hides are 0.
    public var grey: [UInt8]
    /// 1 where `grey` shows the image, 0 where padding or a shutter is; nil when all is image.
    public var valid: [UInt8]?
    /// `width * height` triples for colour images; `grey` is then their Rec. 601 luma.
    public var rgb: [UInt8]?
}

extension DataSet {
    /// Decodes a frame and sends it through modality transformation, window and polarity (PS3.3 C.11).
    /// - Parameter index: from 0.
    public func displayFrame(
        _ index: Int, window: WindowChoice = .automatic
    ) throws(DICOMError) -> DisplayFrame {
        let source = try FrameSource(self, limits: .standard)
        let frame = try source.frame(index)
        let depth = source.image.bitsStored
        guard frame.samples == 1 else { return DisplayFrame(frame, rgb: try Colour.rgb(frame, depth: depth)) }
        if frame.photometricInterpretation == .paletteColor {
            guard let palette = Palette(self) else {
                throw .inconsistent(why: "its palette is missing or malformed")
            }
            return DisplayFrame(frame, rgb: palette.rgb(frame.doubles()))
        }
        return try GreyRendering(self, source.image, frame, index).display(window)
    }

    /// A frame's values after the modality transformation, rounded and held within 16 bits: Hounsfield units for CT.
    public func hounsfieldFrame(_ index: Int) throws(DICOMError) -> [Int16] {
        let frame = try storedFrame(index)
        guard frame.samples == 1 else { throw .unsupported(what: "Hounsfield units of a colour image") }
        let transformation = modalityTransformation(frame: index)
        return ValueMap(frame).map { value in
            Int16(clamping: Int(saturating: transformation(value).rounded()))
        }
    }
}

extension DisplayFrame {
    init(_ frame: StoredFrame, rgb: [UInt8]) {
        self.init(width: frame.columns, height: frame.rows, grey: Colour.luma(rgb), valid: nil, rgb: rgb)
    }
}
