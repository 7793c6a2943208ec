internal import CDCMTK
public import DICOMCore

extension DataSetBuilder {
    /// Lossless compression by DCMTK.
    public enum Compression: Sendable, CaseIterable {
        case jpegLossless, jpegLS, rle

        public var transferSyntax: TransferSyntax {
            switch self {
            case .jpegLossless: .jpegLosslessSV1
            case .jpegLS: .jpegLSLossless
            case .rle: .rleLossless
            }
        }
    }

    /// Native pixel data, all frames, samples in little endian. Bits Allocated and the others that describe it are the
    /// caller's to set.
    public func setPixelData(_ bytes: [UInt8], bitsAllocated: Int) throws(DICOMError) {
        guard let count = UInt32(exactly: bytes.count), count < .max else {
            throw .unwritable(why: "\(bytes.count) bytes of pixel data are more than a data set can hold uncompressed")
        }
        // 8 bits and less as OB, more as OW (PS3.5 §8.1.2); bit-packed data too is OB in explicit VR.
        let vr = bitsAllocated > 8 ? "OW" : "OB"
        try storage.locked(DICOMError.unwritable(why:)) { handle, error in
            cdcmtk_put_native_pixels(handle, vr, bytes, count, error)
        }
        root.isEncapsulated = false
    }

    /// Encapsulated pixel data (PS3.5 §A.4): one fragment a frame, encoded as the transfer syntax of `part10` says.
    public func setPixelData(frames: [[UInt8]]) throws(DICOMError) {
        try storage.locked(DICOMError.unwritable(why:)) { handle, error in
            cdcmtk_begin_fragments(handle, error)
                && frames.allSatisfy {
                    // A fragment's length is even (PS3.5 §A.4).
                    let padded = $0.count % 2 == 0 ? $0 : $0 + [0]
                    return cdcmtk_append_fragment(handle, padded, UInt32(clamping: padded.count), error)
                }
        }
        root.isEncapsulated = true
    }

    /// Compresses native pixel data that was set before, with all attributes that describe it.
    public func compress(_ compression: Compression) throws(DICOMError) {
        let encoder =
            switch compression {
            case .jpegLossless: CDCMTK_ENCODE_JPEG_LOSSLESS
            case .jpegLS: CDCMTK_ENCODE_JPEG_LS_LOSSLESS
            case .rle: CDCMTK_ENCODE_RLE
            }
        try storage.locked(DICOMError.unwritable(why:), about: "its pixel data can't be compressed") { handle, error in
            cdcmtk_compress(handle, encoder, error)
        }
        root.isEncapsulated = true
    }
}
