internal import DICOMCore

/// What an object says of its pixel data (PS3.3 C.7.6.3): checked to be sensible, not yet compared with the data.
public struct ImageDescription: Equatable, Sendable {
    public var rows: Int
    public var columns: Int
    /// Number of Frames (0028,0008), 1 when it is absent. `DataSet.frameCount` tells how many there are.
    public var frames: Int
    /// Whether Number of Frames was there and a number above 0.
    public var statesFrames: Bool
    public var samples: Int
    public var bitsAllocated: Int
    public var bitsStored: Int
    public var highBit: Int
    public var isSigned: Bool
    public var photometricInterpretation: PhotometricInterpretation
    /// Colour by plane: Planar Configuration (0028,0006) is 1.
    public var isPlanar: Bool
    /// Of the decoded samples.
    public var type: SampleType

    /// Values in one frame.
    public var samplesPerFrame: Int { rows * columns * samples }
    /// Bytes of one decoded frame.
    public var frameBytes: Int { samplesPerFrame * type.bytes }
}

extension DataSet {
    /// - Throws: `DICOMError.noPixelData`, `.inconsistent` when an attribute is missing or nonsense, `.overLimit`.
    public var image: ImageDescription {
        get throws(DICOMError) { try ImageDescription(self, limits: .standard) }
    }
}

extension ImageDescription {
    init(_ dataSet: DataSet, limits: DecodingLimits) throws(DICOMError) {
        guard let pixels = dataSet.pixels else { throw .noPixelData }
        rows = try Self.size(dataSet, .rows, "Rows")
        columns = try Self.size(dataSet, .columns, "Columns")
        let stated = dataSet.integer(.numberOfFrames)
        statesFrames = (stated ?? 0) > 0
        frames = statesFrames ? stated ?? 1 : 1
        guard frames <= limits.frames else {
            throw .overLimit(what: "Number of Frames", value: frames, limit: limits.frames)
        }
        samples = dataSet.integer(.samplesPerPixel) ?? 1
        guard samples == 1 || samples == 3 else {
            throw .unsupported(what: "an image of \(samples) samples per pixel")
        }
        isPlanar = samples > 1 && dataSet.integer(.planarConfiguration) == 1
        photometricInterpretation = Self.photometric(dataSet, samples: samples)
        isSigned = dataSet.integer(.pixelRepresentation) == 1
        (bitsAllocated, bitsStored, highBit, type) = try Self.bits(dataSet, pixels, isSigned: isSigned)
        try checkFrameSize(limits)
    }

    private static func size(_ dataSet: DataSet, _ tag: Tag, _ name: String) throws(DICOMError) -> Int {
        guard let size = dataSet.integer(tag) else { throw .inconsistent(why: "\(name) \(tag) is missing") }
        guard (1...65535).contains(size) else { throw .inconsistent(why: "\(name) \(tag) is \(size)") }
        return size
    }

    private static func photometric(_ dataSet: DataSet, samples: Int) -> PhotometricInterpretation {
        guard let stated = dataSet.string(.photometricInterpretation) else { return samples == 1 ? .monochrome2 : .rgb }
        return PhotometricInterpretation(rawValue: stated)
    }

    private static func bits(
        _ dataSet: DataSet, _ pixels: PixelElement, isSigned: Bool
    ) throws(DICOMError) -> (allocated: Int, stored: Int, highBit: Int, SampleType) {
        switch pixels.kind {
        case .float: return (32, 32, 31, .f4)
        case .double: return (64, 64, 63, .f8)
        case .integer: break
        }
        guard let allocated = dataSet.integer(.bitsAllocated) else {
            throw .inconsistent(why: "Bits Allocated \(Tag.bitsAllocated) is missing")
        }
        guard let type = SampleType(bitsAllocated: allocated, isSigned: isSigned) else {
            throw .unsupported(what: "an image with \(allocated) bits allocated per sample")
        }
        let stored = dataSet.integer(.bitsStored) ?? allocated
        guard (1...allocated).contains(stored) else {
            throw .inconsistent(why: "Bits Stored is \(stored) where Bits Allocated is \(allocated)")
        }
        let highBit = dataSet.integer(.highBit) ?? stored - 1
        return (allocated, stored, highBit, type)
    }

    private func checkFrameSize(_ limits: DecodingLimits) throws(DICOMError) {
        // At most 65535 * 65535 * 3 * 8, far below Int's end.
        guard frameBytes <= limits.frameBytes else {
            throw .overLimit(what: "a frame's size in bytes", value: frameBytes, limit: limits.frameBytes)
        }
    }
}
