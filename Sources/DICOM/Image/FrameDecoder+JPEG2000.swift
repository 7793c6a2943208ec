internal import CDCMTK
internal import DICOMCore

extension FrameDecoder {
    /// JPEG 2000 and HTJ2K. OpenJPEG undoes the colour transform, so YBR_ICT and YBR_RCT become RGB.
    func decodeJPEG2000(_ bytes: [UInt8]) throws(DICOMError) -> StoredFrame {
        var form = cdcmtk_jpeg2000_form()
        var error = cdcmtk_error()
        var isDone = false
        let count = image.samplesPerFrame
        let values = [Int32](unsafeUninitializedCapacity: count) { buffer, filled in
            isDone = cdcmtk_decode_jpeg2000(
                bytes, bytes.count, UInt16(image.rows), UInt16(image.columns), UInt16(image.samples),
                buffer.baseAddress, count, &form, &error)
            filled = isDone ? count : 0
        }
        guard isDone else { throw DICOMError(error) { .inconsistent(why: $0) } }
        guard form.precision <= 8 * image.type.bytes else {
            throw .inconsistent(
                why: "its codestream has samples of \(form.precision) bits, "
                    + "where Bits Allocated is \(image.bitsAllocated)")
        }
        var samples = SampleWidening.narrow(values, to: image.type.bytes)
        let precision = Int(form.precision)
        if precision > image.bitsStored, Self.isReversible(bytes) {
            // What stands above the value is no part of it. Irreversible samples may overshoot instead.
            SampleBits(image)?.correct(&samples)
        } else if image.samples == 1, form.is_signed != image.isSigned {
            SampleBits(type: image.type, stored: precision, highBit: precision - 1)?.correct(&samples)
        }
        let stated = image.photometricInterpretation
        return frame(samples, stated == .ybrICT || stated == .ybrRCT ? .rgb : stated)
    }

    /// Whether the wavelet is the 5-3 one, by the main header's coding style (COD, ITU-T T.800 §A.6.1).
    private static func isReversible(_ bytes: [UInt8]) -> Bool {
        // A wrapper's boxes come before the codestream.
        guard let start = bytes.indices.dropLast().first(where: { bytes[$0] == 0xFF && bytes[$0 + 1] == 0x4F }) else {
            return false
        }
        var position = start + 2
        // Up to the first tile part.
        while let (marker, segment, next) = JPEGHeader.segment(bytes, at: position), marker != 0x90 {
            if marker == 0x52, segment.count > 9 { return bytes[segment.lowerBound + 9] == 1 }
            position = next
        }
        return false
    }
}
