internal import CPNG

/// PNG by libpng's simplified interface, which needs no setjmp.
enum PNG {
    static func decode(_ bytes: [UInt8], name: String, limits: ImageLimits) throws(ImagingError) -> ImageFile.Pixels {
        let critical = try PNGChunks.critical(of: bytes, name: name, limits: limits)
        // libpng keeps pointers to both from one call to the next.
        let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
        image.initialize(to: png_image())
        defer {
            png_image_free(image)
            image.deallocate()
        }
        let pixels = critical.withUnsafeBytes { read($0, image) }
        guard let pixels else { throw .damaged(path: name, format: "PNG", reason: message(of: image.pointee)) }
        return pixels
    }

    /// Nil when libpng complains; the image then holds its message.
    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ image: UnsafeMutablePointer<png_image>
    ) -> ImageFile.Pixels? {
        image.pointee.version = png_uint_32(PNG_IMAGE_VERSION)
        guard png_image_begin_read_from_memory(image, bytes.baseAddress, bytes.count) != 0 else { return nil }
        let alpha = image.pointee.format & png_uint_32(PNG_FORMAT_FLAG_ALPHA)
        let colour = image.pointee.format & png_uint_32(PNG_FORMAT_FLAG_COLOR)
        if image.pointee.format == png_uint_32(PNG_FORMAT_LINEAR_Y) { return readWords(image) }
        // Samples of 16 bits are scaled as they are, not taken for linear light.
        image.pointee.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
        image.pointee.format = alpha | colour
        let (width, height) = (Int(image.pointee.width), Int(image.pointee.height))
        let channels = (colour != 0 ? 3 : 1) + (alpha != 0 ? 1 : 0)
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        guard png_image_finish_read(image, nil, &pixels, 0, nil) != 0 else { return nil }
        if alpha != 0 { pixels = overBlack(pixels, channels: channels) }
        return colour != 0
            ? .colour(RGBPlane(width: width, height: height, bytes: pixels))
            : .grey(GreyPlane(width: width, height: height, pixels: pixels))
    }

    /// Grey samples of 16 bits, which without ancillary chunks come as they are stored.
    private static func readWords(_ image: UnsafeMutablePointer<png_image>) -> ImageFile.Pixels? {
        let (width, height) = (Int(image.pointee.width), Int(image.pointee.height))
        var words = [UInt16](repeating: 0, count: width * height)
        guard png_image_finish_read(image, nil, &words, 0, nil) != 0 else { return nil }
        return .grey(GreyPlane(width: width, height: height, pixels: levels(words)))
    }

    /// Of the range that the samples use: radiographs of 8, 10 or 12 bits are often kept in 16, and no picture is meant to
    /// be all in the lowest eighth of its levels.
    private static func levels(_ words: [UInt16]) -> [UInt8] {
        let needed = UInt16.bitWidth - (words.max() ?? 0).leadingZeroBitCount
        let top = needed > 0 && needed <= 13 ? 1 << needed - 1 : Int(UInt16.max)
        return words.map { UInt8((Int($0) * 255 + top / 2) / top) }
    }

    static func encode(_ pixels: [UInt8], width: Int, height: Int, colour: Bool) throws(ImagingError) -> [UInt8] {
        guard (1...1_000_000).contains(width), (1...1_000_000).contains(height) else {
            throw .encodingFailed(format: "PNG", reason: "\(width) × \(height) pixels; 1 to 1000000 can be written")
        }
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = colour ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
        defer { png_image_free(&image) }
        // What deflate adds when nothing can be compressed, and the chunks around it, stay below this.
        var size = pixels.count + pixels.count / 64 + height + 65_536
        var out = [UInt8](repeating: 0, count: size)
        guard png_image_write_to_memory(&image, &out, &size, 0, pixels, 0, nil) != 0 else {
            throw .encodingFailed(format: "PNG", reason: message(of: image))
        }
        return Array(out.prefix(size))
    }

    private static func overBlack(_ pixels: [UInt8], channels: Int) -> [UInt8] {
        let colours = channels - 1
        var out: [UInt8] = []
        out.reserveCapacity(pixels.count / channels * colours)
        for start in stride(from: 0, to: pixels.count, by: channels) {
            let alpha = Int(pixels[start + colours])
            for channel in 0..<colours { out.append(UInt8((Int(pixels[start + channel]) * alpha + 127) / 255)) }
        }
        return out
    }

    private static func message(of image: png_image) -> String {
        withUnsafeBytes(of: image.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
