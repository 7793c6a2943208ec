internal import CDCMTK
internal import DICOMCore

/// One frame's encoded bytes to stored values.
struct FrameDecoder {
    let image: ImageDescription
    let syntax: TransferSyntax
    let codec: FrameCodec

    init(_ image: ImageDescription, _ syntax: TransferSyntax) throws(DICOMError) {
        self.image = image
        self.syntax = syntax
        codec = try FrameCodec(syntax)
    }

    /// - Parameter index: for messages.
    func decode(_ bytes: [UInt8], frame index: Int) throws(DICOMError) -> StoredFrame {
        guard !bytes.isEmpty else { throw .undecodable(frame: index, why: "it is empty") }
        do throws(DICOMError) {
            switch FrameCodec(codestream: bytes) ?? codec {
            case .jpeg: return try decodeJPEG(bytes)
            case .jpeg2000: return try decodeJPEG2000(bytes)
            case .rle: return try decodeRLE(bytes)
            case .deflated:
                let limit = NativeLayout(image).frameBytes + 1
                return try decodePlain(
                    try Inflation.inflate(bytes, mayBeWrapped: true, limit: limit) { .inconsistent(why: $0) })
            case .plain: return try decodePlain(bytes)
            }
        } catch .inconsistent(let why) {
            throw .undecodable(frame: index, why: why)
        } catch .codecFailed(_, let why) {
            throw .codecFailed(frame: index, why: why)
        }
    }

    func frame(_ bytes: [UInt8], _ photometric: PhotometricInterpretation) -> StoredFrame {
        StoredFrame(
            rows: image.rows, columns: image.columns, samples: image.samples, type: image.type,
            photometricInterpretation: photometric, bytes: bytes)
    }

    private func decodePlain(_ bytes: [UInt8]) throws(DICOMError) -> StoredFrame {
        let layout = NativeLayout(image)
        guard bytes.count >= layout.frameBytes else {
            throw .inconsistent(why: "it has \(bytes.count) bytes instead of \(layout.frameBytes)")
        }
        return layout.frame(bytes, firstBit: 0)
    }

    private func decodeRLE(_ bytes: [UInt8]) throws(DICOMError) -> StoredFrame {
        guard image.bitsAllocated == 1 else {
            let form = cdcmtk_frame_form(
                rows: UInt32(image.rows), columns: UInt32(image.columns), samples: UInt16(image.samples),
                bits_allocated: UInt16(image.bitsAllocated), bits_stored: UInt16(image.bitsStored), is_signed: false)
            var samples = try Self.run(CDCMTK_RLE, bytes, form)
            SampleBits(image)?.correct(&samples)
            return frame(samples, image.photometricInterpretation)
        }
        // One segment of packed bits.
        let packed = NativeLayout(image).frameBytes
        let form = cdcmtk_frame_form(
            rows: 1, columns: UInt32(packed), samples: 1, bits_allocated: 8, bits_stored: 8, is_signed: false)
        return NativeLayout(image).frame(try Self.run(CDCMTK_RLE, bytes, form), firstBit: 0)
    }

    /// - Throws: `.inconsistent` with DCMTK's reason.
    static func run(_ codec: cdcmtk_codec, _ bytes: [UInt8], _ form: cdcmtk_frame_form) throws(DICOMError) -> [UInt8] {
        let count = Int(form.rows) * Int(form.columns) * Int(form.samples) * Int(form.bits_allocated) / 8
        var error = cdcmtk_error()
        var isDone = false
        let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            isDone = withUnsafePointer(to: form) {
                cdcmtk_decode(codec, bytes, bytes.count, $0, buffer.baseAddress, count, &error)
            }
            filled = isDone ? count : 0
        }
        guard isDone else { throw DICOMError(error) { .inconsistent(why: $0) } }
        return samples
    }
}
