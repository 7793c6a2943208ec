internal import CDCMTK
internal import DICOMCore

extension FrameDecoder {
    /// JPEG and JPEG-LS. The codestream's own header decides which process it is and how wide its samples are.
    func decodeJPEG(_ bytes: [UInt8]) throws(DICOMError) -> StoredFrame {
        guard let header = JPEGHeader(bytes) else {
            throw .inconsistent(why: "it has no JPEG frame header of a process that can be decoded")
        }
        try check(header)
        let width = header.precision <= 8 ? 1 : 2
        let form = cdcmtk_frame_form(
            rows: UInt32(image.rows), columns: UInt32(image.columns), samples: UInt16(image.samples),
            bits_allocated: UInt16(8 * width), bits_stored: UInt16(header.precision), is_signed: false)
        let codestream =
            header.process == .jpegLS ? JPEGLSPresets.spellOut(bytes, precision: header.precision) : bytes
        let decoded = try Self.run(Self.codec(header.process), codestream, form)
        var samples = SampleWidening.widen(decoded, from: width, to: image.type.bytes)
        bits(header)?.correct(&samples)
        return frame(samples, photometric(header))
    }

    private func check(_ header: JPEGHeader) throws(DICOMError) {
        guard header.rows == image.rows, header.columns == image.columns else {
            throw .inconsistent(
                why: "its codestream is \(header.columns) x \(header.rows) pixels, "
                    + "where Columns and Rows say \(image.columns) x \(image.rows)")
        }
        guard header.componentIdentifiers.count == image.samples else {
            throw .inconsistent(
                why: "its codestream has \(header.componentIdentifiers.count) components, "
                    + "where Samples per Pixel says \(image.samples)")
        }
        guard (2...16).contains(header.precision), header.precision <= 8 * image.type.bytes else {
            throw .inconsistent(
                why: "its codestream has samples of \(header.precision) bits, "
                    + "where Bits Allocated is \(image.bitsAllocated)")
        }
    }

    /// Which bits hold the value. JPEG-LS knows its precision but no sign. What is lossy may overshoot Bits Stored, and
    /// cutting the surplus off would turn white to black.
    private func bits(_ header: JPEGHeader) -> SampleBits? {
        switch header.process {
        case .jpegLS where header.precision > image.bitsStored && syntax == .jpegLSLossless:
            SampleBits(image)
        case .jpegLS:
            image.isSigned ? SampleBits(type: image.type, stored: header.precision, highBit: header.precision - 1) : nil
        case .lossless:
            SampleBits(image)
        case .baseline, .extended, .progressive:
            image.isSigned ? SampleBits(image) : nil
        }
    }

    /// What the codestream itself says of its colours counts more than the attribute: component identifiers "RGB", or
    /// a JFIF marker.
    private func photometric(_ header: JPEGHeader) -> PhotometricInterpretation {
        let stated = image.photometricInterpretation
        guard image.samples == 3 else { return stated }
        let identifiers = header.componentIdentifiers
        if identifiers == Array("RGB".utf8) || identifiers == Array("rgb".utf8) { return .rgb }
        guard header.isJFIF, !stated.isYBR else { return stated }
        return syntax == .jpegBaseline8Bit ? .ybrFull422 : .ybrFull
    }

    private static func codec(_ process: JPEGHeader.Process) -> cdcmtk_codec {
        switch process {
        case .baseline: CDCMTK_JPEG_BASELINE
        case .extended: CDCMTK_JPEG_EXTENDED
        case .progressive: CDCMTK_JPEG_PROGRESSIVE
        case .lossless: CDCMTK_JPEG_LOSSLESS
        case .jpegLS: CDCMTK_JPEG_LS
        }
    }
}
