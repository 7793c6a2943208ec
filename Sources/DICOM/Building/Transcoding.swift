internal import CDCMTK
public import DICOMCore

extension DataSet {
    /// The object as a Part 10 file, its pixel data decoded, for peers that take nothing else. All other attributes keep
    /// their bytes.
    /// - Parameter syntax: Explicit or Implicit VR Little Endian.
    /// - Throws: `DICOMError`; the reason why a frame can't be decoded, or `.unwritable`.
    public func uncompressed(
        as syntax: TransferSyntax = .explicitVRLittleEndian
    ) throws(DICOMError) -> [UInt8] {
        guard [.explicitVRLittleEndian, .implicitVRLittleEndian].contains(syntax) else {
            throw .unwritable(why: "\(syntax.name) is no syntax to decompress to")
        }
        let builder = try DataSetBuilder()
        let isDecoded = pixels.map { $0.isEncapsulated || (!transferSyntax.isLittleEndian && $0.kind == .integer) }
        let left: Set<Tag> =
            isDecoded == true ? [.pixelData, .extendedOffsetTable, .extendedOffsetTableLengths] : []
        // Group lengths would be wrong in another encoding, and trailing padding is none of the data set's.
        let kept = tags.filter { $0.element != 0 && $0 != Tag(0xFFFC, 0xFFFC) && !left.contains($0) }
        try builder.copy(kept, from: self)
        if isDecoded == true { try builder.setDecodedPixelData(of: self) }
        return try builder.part10(transferSyntax: syntax)
    }
}

extension DataSetBuilder {
    /// The decoded frames, and the attributes that decoding changes (PS3.3 C.7.6.3).
    fileprivate func setDecodedPixelData(of source: DataSet) throws(DICOMError) {
        let image = try source.image
        let decoded = try source.storedValues()
        let bytes = image.bitsAllocated == 1 ? Self.packBits(decoded.bytes) : decoded.bytes
        try set(.photometricInterpretation, .text(Self.nativeInterpretation(decoded).rawValue))
        if image.statesFrames || decoded.frames > 1 { try set(.numberOfFrames, .integer(decoded.frames)) }
        if decoded.samples > 1 { try set(.planarConfiguration, .integer(0)) }
        // Values have been moved to the bottom of their samples.
        if image.bitsAllocated > 1, image.highBit != image.bitsStored - 1 {
            try set(.highBit, .integer(image.bitsStored - 1))
        }
        try setPixelData(bytes.count % 2 == 0 ? bytes : bytes + [0], bitsAllocated: image.bitsAllocated)
    }

    /// Chroma has been brought to full size, which YBR_FULL_422 would deny.
    private static func nativeInterpretation(_ decoded: StoredPixels) -> PhotometricInterpretation {
        decoded.photometricInterpretation == .ybrFull422 ? .ybrFull : decoded.photometricInterpretation
    }

    /// Frames follow one another without padding, the lowest bit first (PS3.5 §8.1.1).
    private static func packBits(_ values: [UInt8]) -> [UInt8] {
        var packed = [UInt8](repeating: 0, count: (values.count + 7) / 8)
        for (index, value) in values.enumerated() where value != 0 { packed[index / 8] |= 1 << UInt8(index % 8) }
        return packed
    }
}
