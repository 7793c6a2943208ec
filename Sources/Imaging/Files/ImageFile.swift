internal import Foundation

/// What is read at most; sizes are checked before memory is taken.
public struct ImageLimits: Hashable, Sendable {
    /// Bytes of a file.
    public var bytes: Int
    /// Width times height.
    public var pixels: Int

    /// 512 MiB and 2²⁷ pixels by default.
    public init(bytes: Int = 1 << 29, pixels: Int = 1 << 27) {
        self.bytes = bytes
        self.pixels = pixels
    }
}

/// A PNG or JPEG file's pixels, turned upright where Exif says how. Colour profiles and gamma are ignored: values are as
/// stored, 16-bit ones scaled to 8, alpha laid over black.
public struct ImageFile: Equatable, Sendable {
    /// What can be read.
    public enum Format: String, Sendable {
        case png = "PNG"
        case jpeg = "JPEG"

        /// By the first bytes.
        public init?(bytes: [UInt8]) {
            if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
                self = .png
            } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
                self = .jpeg
            } else {
                return nil
            }
        }
    }

    /// Of one sample or of three.
    public enum Pixels: Equatable, Sendable {
        case grey(GreyPlane)
        case colour(RGBPlane)

        fileprivate func turned(_ orientation: Orientation) -> Pixels {
            switch self {
            case .grey(let plane):
                let (pixels, width, height) = orientation.turn(
                    plane.pixels, width: plane.width, height: plane.height, samples: 1)
                return .grey(GreyPlane(width: width, height: height, pixels: pixels))
            case .colour(let plane):
                let (bytes, width, height) = orientation.turn(
                    plane.bytes, width: plane.width, height: plane.height, samples: 3)
                return .colour(RGBPlane(width: width, height: height, bytes: bytes))
            }
        }
    }

    /// By the first bytes, not by the file's name.
    public let format: Format
    /// Upright.
    public let pixels: Pixels
    /// Of a sample in the file; 16-bit ones are scaled to 8.
    public let storedBits: Int

    /// Grey levels; colour as Rec. 601 luma.
    public var grey: GreyPlane {
        switch pixels {
        case .grey(let plane): plane
        case .colour(let plane): plane.luma
        }
    }

    /// Reads a file whole.
    /// - Throws: ``ImagingError``
    public static func read(_ path: String, limits: ImageLimits = ImageLimits()) throws(ImagingError) -> ImageFile {
        try decode(bytes(of: path, limits: limits), name: path, limits: limits)
    }

    /// Only the grey levels: of a JPEG its own luma channel, which is what the method's reference reads.
    public static func readGrey(_ path: String, limits: ImageLimits = ImageLimits()) throws(ImagingError) -> GreyPlane {
        try decodeGrey(bytes(of: path, limits: limits), name: path, limits: limits)
    }

    /// Decodes a file's bytes.
    /// - Parameters:
    ///   - bytes: all of the file.
    ///   - name: what errors call them.
    ///   - limits: checked before memory is taken.
    /// - Throws: ``ImagingError``
    public static func decode(
        _ bytes: [UInt8], name: String, limits: ImageLimits = ImageLimits()
    ) throws(ImagingError) -> ImageFile {
        try decode(bytes, name: name, limits: limits, greyOnly: false)
    }

    private static func decode(
        _ bytes: [UInt8], name: String, limits: ImageLimits, greyOnly: Bool
    ) throws(ImagingError) -> ImageFile {
        guard let format = Format(bytes: bytes) else { throw .unknownFormat(path: name) }
        let pixels =
            switch format {
            case .png: try PNG.decode(bytes, name: name, limits: limits)
            case .jpeg: try JPEG.decode(bytes, name: name, limits: limits, greyOnly: greyOnly)
            }
        // IHDR is the first chunk, which decoding has made sure of; its ninth byte is the depth.
        let storedBits = format == .png && bytes[24] == 16 ? 16 : 8
        return ImageFile(
            format: format, pixels: pixels.turned(Orientation(of: bytes, format)), storedBits: storedBits)
    }

    /// As `readGrey`, from memory.
    public static func decodeGrey(
        _ bytes: [UInt8], name: String, limits: ImageLimits = ImageLimits()
    ) throws(ImagingError) -> GreyPlane {
        try decode(bytes, name: name, limits: limits, greyOnly: true).grey
    }

    private static func bytes(of path: String, limits: ImageLimits) throws(ImagingError) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }
            // One byte more than allowed tells whether there are more, also where a size can't be asked for.
            let data = try handle.read(upToCount: limits.bytes + 1) ?? Data()
            guard data.count <= limits.bytes else {
                let size = (try? handle.seekToEnd()).map(Int.init(clamping:)) ?? data.count
                throw ImagingError.fileTooLarge(path: path, bytes: size, limit: limits.bytes)
            }
            return [UInt8](data)
        } catch let error as ImagingError {
            throw error
        } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
    }
}
