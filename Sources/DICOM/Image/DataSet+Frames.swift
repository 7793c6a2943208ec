extension DataSet {
    /// How many frames the pixel data holds, whatever Number of Frames (0028,0008) says; at least as many as it says,
    /// or an error.
    public func frameCount() throws(DICOMError) -> Int {
        try FrameSource(self, limits: .standard).count
    }

    /// One frame's stored values, decoded; other frames are not touched.
    /// - Parameter index: from 0.
    /// - Throws: `DICOMError`; `.undecodable` names the frame and the reason.
    public func storedFrame(_ index: Int) throws(DICOMError) -> StoredFrame {
        try FrameSource(self, limits: .standard).frame(index)
    }

    /// All frames' stored values. Memory is taken for all of them, within `DecodingLimits.imageBytes`.
    public func storedValues() throws(DICOMError) -> StoredPixels {
        let source = try FrameSource(self, limits: .standard)
        let total = source.image.frameBytes.multipliedReportingOverflow(by: source.count)
        guard !total.overflow, total.partialValue <= DecodingLimits.standard.imageBytes else {
            throw .overLimit(
                what: "the size of all \(source.count) frames in bytes",
                value: total.overflow ? .max : total.partialValue,
                limit: DecodingLimits.standard.imageBytes)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total.partialValue)
        let photometric = try eachFrame(of: source) { bytes += $0.bytes }
        return StoredPixels(
            rows: source.image.rows, columns: source.image.columns, frames: source.count, samples: source.image.samples,
            type: source.image.type, photometricInterpretation: photometric, bytes: bytes)
    }

    /// Decodes one frame after the other, so that no more than one is in memory.
    public func forEachFrame(_ body: (StoredFrame) -> Void) throws(DICOMError) {
        _ = try eachFrame(of: try FrameSource(self, limits: .standard), body)
    }

    private func eachFrame(
        of source: FrameSource, _ body: (StoredFrame) -> Void
    ) throws(DICOMError) -> PhotometricInterpretation {
        var photometric = source.image.photometricInterpretation
        for index in 0..<source.count {
            let frame = try source.frame(index)
            photometric = frame.photometricInterpretation
            body(frame)
        }
        return photometric
    }
}
