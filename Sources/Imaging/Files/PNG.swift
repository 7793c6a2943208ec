internal import CPNG

/// PNG by libpng's simplified interface, which needs no setjmp.
enum PNG {
    static func decode(_ bytes: [UInt8], name: String, limits: ImageLimits) throws(ImagingError) -> ImageFile.Pixels {
        let critical = try PNGChunks.critical(of: bytes, name: name, limits: limits)
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        guard png_image_begin_read_from_memory(&image, critical, critical.count) != 0 else {
            throw damaged(image, name)
        }
        let alpha = image.format & png_uint_32(PNG_FORMAT_FLAG_ALPHA) != 0
        let colour = image.format & png_uint_32(PNG_FORMAT_FLAG_COLOR) != 0
        // Samples of 16 bits are scaled as they are, not taken for linear light.
        image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
        image.format =
            (alpha ? png_uint_32(PNG_FORMAT_FLAG_ALPHA) : 0) | (colour ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0)
        let (width, height) = (Int(image.width), Int(image.height))
        let channels = (colour ? 3 : 1) + (alpha ? 1 : 0)
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        guard png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 else { throw damaged(image, name) }
        if alpha { pixels = overBlack(pixels, channels: channels) }
        if colour { return .colour(RGBPlane(width: width, height: height, bytes: pixels)) }
        return .grey(GreyPlane(width: width, height: height, pixels: pixels))
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

    private static func damaged(_ image: png_image, _ name: String) -> ImagingError {
        .damaged(path: name, format: "PNG", reason: message(of: image))
    }

    private static func message(of image: png_image) -> String {
        withUnsafeBytes(of: image.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
