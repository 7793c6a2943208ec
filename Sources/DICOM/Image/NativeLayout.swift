/// How native pixel data lies in its bytes (PS3.5 §8.1, §8.2; PS3.3 C.7.6.3.1).
struct NativeLayout {
    let image: ImageDescription

    init(_ image: ImageDescription) {
        self.image = image
    }

    /// Two pixels share their chroma: Y1 Y2 CB CR.
    var isSubsampled: Bool { image.photometricInterpretation == .ybrFull422 && image.samples == 3 }

    var frameBits: Int {
        let samples = isSubsampled ? image.rows * image.columns * 2 : image.samplesPerFrame
        return samples * image.bitsAllocated
    }

    /// Of one frame alone; in a row of bit-packed frames the next one may begin within the last byte.
    var frameBytes: Int { (frameBits + 7) / 8 }

    /// Where a frame's bytes are, and the bit of the first one at which it begins.
    func range(ofFrame index: Int) -> (bytes: Range<Int>, firstBit: Int) {
        let first = index * frameBits
        return (first / 8..<(first + frameBits + 7) / 8, first % 8)
    }

    /// How many whole frames `length` bytes hold.
    func frames(in length: Int) -> Int { length * 8 / frameBits }

    /// - Parameter bytes: at least `frameBytes`, samples in little endian.
    func frame(_ bytes: [UInt8], firstBit: Int) -> StoredFrame {
        var photometric = image.photometricInterpretation
        var samples: [UInt8]
        if image.bitsAllocated == 1 {
            samples = unpack(bytes, firstBit: firstBit)
        } else if isSubsampled {
            samples = repeatChroma(bytes)
            photometric = .ybrFull
        } else if image.isPlanar {
            samples = interleave(bytes)
        } else {
            samples = bytes.count == frameBytes ? bytes : Array(bytes.prefix(frameBytes))
        }
        SampleBits(image)?.correct(&samples)
        return StoredFrame(
            rows: image.rows, columns: image.columns, samples: image.samples, type: image.type,
            photometricInterpretation: photometric, bytes: samples)
    }

    /// The lowest bit comes first.
    private func unpack(_ bytes: [UInt8], firstBit: Int) -> [UInt8] {
        bytes.withUnsafeBufferPointer { source in
            (firstBit..<firstBit + image.samplesPerFrame).map { source[$0 / 8] >> UInt8($0 % 8) & 1 }
        }
    }

    private func repeatChroma(_ bytes: [UInt8]) -> [UInt8] {
        let width = image.type.bytes
        let pixels = image.rows * image.columns
        var samples = [UInt8](repeating: 0, count: pixels * 3 * width)
        for pixel in 0..<pixels {
            let group = pixel / 2 * 4
            for (place, sample) in [group + pixel % 2, group + 2, group + 3].enumerated() {
                // An odd number of pixels leaves the last group without its chroma.
                for byte in 0..<width where (sample + 1) * width <= bytes.count {
                    samples[(pixel * 3 + place) * width + byte] = bytes[sample * width + byte]
                }
            }
        }
        return samples
    }

    private func interleave(_ bytes: [UInt8]) -> [UInt8] {
        let width = image.type.bytes
        let pixels = image.rows * image.columns
        let count = image.samples
        return bytes.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: pixels * count * width) { target, filled in
                for sample in 0..<count {
                    for pixel in 0..<pixels {
                        for byte in 0..<width {
                            target[(pixel * count + sample) * width + byte] =
                                source[(sample * pixels + pixel) * width + byte]
                        }
                    }
                }
                filled = pixels * count * width
            }
        }
    }
}
