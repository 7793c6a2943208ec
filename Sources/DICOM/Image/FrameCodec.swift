internal import CDCMTK
internal import DICOMCore

/// What decodes the frames of an encapsulated transfer syntax.
enum FrameCodec: Equatable {
    /// JPEG of every process, and JPEG-LS: which one, the codestream says.
    case jpeg
    case jpeg2000
    case rle
    /// Deflated Image Frame Compression.
    case deflated
    /// Encapsulated Uncompressed.
    case plain

    /// - Throws: `DICOMError.unsupported`, naming the syntax.
    init(_ syntax: TransferSyntax) throws(DICOMError) {
        switch syntax {
        case .jpeg2000Lossless, .jpeg2000, .htj2kLossless, .htj2kLosslessRPCL, .htj2k: self = .jpeg2000
        case .rleLossless: self = .rle
        case .deflatedImageFrameCompression: self = .deflated
        case .encapsulatedUncompressedExplicitVRLittleEndian: self = .plain
        case .jpegLSLossless, .jpegLSNearLossless: self = .jpeg
        case _ where Self.isJPEG(syntax): self = .jpeg
        default: throw .unsupported(what: Self.nameUnsupported(syntax))
        }
    }

    /// .50 to .70 (PS3.6 Annex A); the hierarchical ones are refused by their frame header.
    private static func isJPEG(_ syntax: TransferSyntax) -> Bool {
        guard let last = syntax.uid.string.split(separator: ".").last.flatMap({ Int($0) }) else { return false }
        return syntax.uid.string == "1.2.840.10008.1.2.4.\(last)" && (50...70).contains(last)
    }

    private static func nameUnsupported(_ syntax: TransferSyntax) -> String {
        switch syntax.uid.string {
        case "1.2.840.10008.1.2.4.110": "JPEG XL (lossless)"
        case "1.2.840.10008.1.2.4.111": "JPEG XL (recompressed JPEG)"
        case "1.2.840.10008.1.2.4.112": "JPEG XL"
        case syntax.name: "the transfer syntax \(syntax.uid)"
        default: "the transfer syntax \(syntax.name) (\(syntax.uid))"
        }
    }

    /// What the bytes show, which counts more than what the meta header says.
    init?(codestream bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if Self.jpeg2000Starts.contains(where: { bytes.starts(with: $0) }) {
            self = .jpeg2000
        } else {
            return nil
        }
    }

    /// Start of codestream and size, or the signature box of a JP2 file.
    private static let jpeg2000Starts: [[UInt8]] = [
        [0xFF, 0x4F, 0xFF, 0x51], [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A],
    ]

    /// Whether a fragment's first bytes are those of a frame's first fragment.
    func begins(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .jpeg, .jpeg2000:
            return FrameCodec(codestream: bytes) != nil
        case .rle:
            // The number of segments, and the first one's offset right after the header (PS3.5 §G.5).
            return bytes.count >= 8 && (1...15).contains(bytes[0]) && bytes[1..<4].allSatisfy { $0 == 0 }
                && bytes[4] == 64 && bytes[5..<8].allSatisfy { $0 == 0 }
        case .deflated, .plain:
            return true
        }
    }

    /// Enough bytes for `begins` and `init(codestream:)`.
    static let signatureLength = 12
}
