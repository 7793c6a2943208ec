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
        guard isDone else { throw .inconsistent(why: error.message) }
        guard form.precision <= 8 * image.type.bytes else {
            throw .inconsistent(
                why: "its codestream has samples of \(form.precision) bits, "
                    + "where Bits Allocated is \(image.bitsAllocated)")
        }
        var samples = SampleWidening.narrow(values, to: image.type.bytes)
        if image.samples == 1, form.is_signed != image.isSigned {
            let precision = Int(form.precision)
            SampleBits(type: image.type, stored: precision, highBit: precision - 1)?.correct(&samples)
        }
        let stated = image.photometricInterpretation
        return frame(samples, stated == .ybrICT || stated == .ybrRCT ? .rgb : stated)
    }
}
