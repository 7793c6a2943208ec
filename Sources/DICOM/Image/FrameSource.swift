internal import DICOMCore

/// Finds a frame's bytes in an object's pixel data and decodes them.
struct FrameSource {
    let dataSet: DataSet
    let image: ImageDescription
    let count: Int
    private let pixels: PixelElement
    private let layout: Layout

    private enum Layout {
        case native(NativeLayout)
        case encapsulated(FrameDecoder, FrameIndex, lengths: [Int])
    }

    init(_ dataSet: DataSet, limits: DecodingLimits) throws(DICOMError) {
        guard let pixels = dataSet.pixels else { throw .noPixelData }
        let image = try ImageDescription(dataSet, limits: limits)
        self.dataSet = dataSet
        self.image = image
        self.pixels = pixels
        if pixels.isEncapsulated {
            (layout, count) = try Self.encapsulated(dataSet, image, pixels)
        } else {
            (layout, count) = try Self.native(dataSet, image, pixels)
        }
        guard count <= limits.frames else {
            throw .overLimit(what: "the number of frames", value: count, limit: limits.frames)
        }
    }

    func frame(_ index: Int) throws(DICOMError) -> StoredFrame {
        guard (0..<count).contains(index) else { throw .noSuchFrame(index: index, frames: count) }
        switch layout {
        case .native(let native):
            let (range, firstBit) = native.range(ofFrame: index)
            var bytes = try dataSet.nativeBytes(pixels, offset: range.lowerBound, count: range.count)
            ByteOrder.restore(&bytes, width: image.type.bytes, pixels, dataSet.transferSyntax)
            return native.frame(bytes, firstBit: firstBit)
        case .encapsulated(let decoder, let frames, let lengths):
            var bytes: [UInt8] = []
            for fragment in frames.frames[index] {
                bytes += try dataSet.fragment(fragment + 1, count: lengths[fragment])
            }
            return try decoder.decode(bytes, frame: index)
        }
    }

    private static func native(
        _ dataSet: DataSet, _ image: ImageDescription, _ pixels: PixelElement
    ) throws(DICOMError) -> (Layout, Int) {
        guard !dataSet.transferSyntax.isEncapsulated || pixels.kind != .integer else {
            throw .inconsistent(
                why: "the pixel data is not encapsulated, as \(dataSet.transferSyntax.name) wants it to be")
        }
        guard pixels.length != PixelElement.undefinedLength else {
            throw .inconsistent(
                why: "the pixel data is encapsulated, which \(dataSet.transferSyntax.name) does not allow")
        }
        let native = NativeLayout(image)
        let needed = native.range(ofFrame: image.frames - 1).bytes.upperBound
        guard pixels.length >= needed else {
            throw .inconsistent(
                why: "the pixel data has \(pixels.length) bytes where \(image.frames) frames of \(image.columns) x "
                    + "\(image.rows) pixels need \(needed)")
        }
        // Whole frames beyond the number stated are frames.
        return (.native(native), max(image.frames, native.frames(in: pixels.length)))
    }

    private static func encapsulated(
        _ dataSet: DataSet, _ image: ImageDescription, _ pixels: PixelElement
    ) throws(DICOMError) -> (Layout, Int) {
        let decoder = try FrameDecoder(image, dataSet.transferSyntax)
        let lengths = try dataSet.fragmentLengths(pixels)
        let table = try dataSet.fragment(0, count: lengths[0])
        let fragments = FrameIndex.Fragments(
            lengths: Array(lengths.dropFirst()),
            basicOffsets: DataSet.numbers(table, vr: "UL", isSigned: { false }).map { Int($0) },
            extendedOffsets: dataSet.integers(.extendedOffsetTable),
            statedFrames: image.statesFrames ? image.frames : nil)
        let index = try FrameIndex(fragments) { (fragment) throws(DICOMError) in
            let length = min(fragments.lengths[fragment], FrameCodec.signatureLength)
            return decoder.codec.begins(try dataSet.fragment(fragment + 1, count: length))
        }
        guard index.frames.count >= image.frames else {
            throw .inconsistent(
                why: "Number of Frames is \(image.frames), but the pixel data holds \(index.frames.count)")
        }
        return (.encapsulated(decoder, index, lengths: fragments.lengths), index.frames.count)
    }
}

/// DCMTK swaps big-endian pixel data by the words of its value representation, which need not be its samples.
enum ByteOrder {
    static func restore(_ bytes: inout [UInt8], width: Int, _ pixels: PixelElement, _ syntax: TransferSyntax) {
        guard !syntax.isLittleEndian, pixels.kind == .integer else { return }
        let swapped = pixels.vr == "OW" ? 2 : 1
        guard width > swapped else { return }
        // Words are in order inside; their sequence within a sample is still the file's.
        for sample in stride(from: 0, to: bytes.count - width + 1, by: width) {
            let words = stride(from: 0, to: width, by: swapped).map {
                Array(bytes[sample + $0..<sample + $0 + swapped])
            }
            bytes.replaceSubrange(sample..<sample + width, with: words.reversed().joined())
        }
    }
}
