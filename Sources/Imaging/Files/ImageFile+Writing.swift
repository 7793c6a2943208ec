internal import Foundation

extension ImageFile {
    /// The bytes of a PNG of 8-bit grey.
    /// - Throws: ``ImagingError/encodingFailed(format:reason:)``
    public static func encodePNG(_ plane: GreyPlane) throws(ImagingError) -> [UInt8] {
        try PNG.encode(plane.pixels, width: plane.width, height: plane.height, colour: false)
    }

    /// The bytes of a PNG of 8-bit RGB.
    /// - Throws: ``ImagingError/encodingFailed(format:reason:)``
    public static func encodePNG(_ plane: RGBPlane) throws(ImagingError) -> [UInt8] {
        try PNG.encode(plane.bytes, width: plane.width, height: plane.height, colour: true)
    }

    /// The bytes of a JPEG of one component.
    /// - Parameters:
    ///   - plane: at least one pixel.
    ///   - quality: 1…100.
    /// - Throws: ``ImagingError/encodingFailed(format:reason:)``
    public static func encodeJPEG(_ plane: GreyPlane, quality: Int = 95) throws(ImagingError) -> [UInt8] {
        try JPEG.encode(plane.pixels, width: plane.width, height: plane.height, colour: false, quality: quality)
    }

    /// The bytes of a JPEG. Colour is kept at full resolution (4:4:4).
    /// - Parameters:
    ///   - plane: at least one pixel.
    ///   - quality: 1…100.
    /// - Throws: ``ImagingError/encodingFailed(format:reason:)``
    public static func encodeJPEG(_ plane: RGBPlane, quality: Int = 95) throws(ImagingError) -> [UInt8] {
        try JPEG.encode(plane.bytes, width: plane.width, height: plane.height, colour: true, quality: quality)
    }

    /// Writes a PNG of 8-bit grey, whole or not at all.
    /// - Throws: ``ImagingError/encodingFailed(format:reason:)``, ``ImagingError/unwritable(path:reason:)``
    public static func writePNG(_ plane: GreyPlane, to path: String) throws(ImagingError) {
        try write(encodePNG(plane), to: path)
    }

    /// Writes a PNG of 8-bit RGB, whole or not at all.
    /// - Throws: ``ImagingError/encodingFailed(format:reason:)``, ``ImagingError/unwritable(path:reason:)``
    public static func writePNG(_ plane: RGBPlane, to path: String) throws(ImagingError) {
        try write(encodePNG(plane), to: path)
    }

    /// Writes a JPEG of one component, whole or not at all.
    /// - Parameters:
    ///   - plane: at least one pixel.
    ///   - path: of the file; its folder must be there.
    ///   - quality: 1…100.
    /// - Throws: ``ImagingError/encodingFailed(format:reason:)``, ``ImagingError/unwritable(path:reason:)``
    public static func writeJPEG(_ plane: GreyPlane, to path: String, quality: Int = 95) throws(ImagingError) {
        try write(encodeJPEG(plane, quality: quality), to: path)
    }

    /// Writes a JPEG with colour at full resolution (4:4:4), whole or not at all.
    /// - Parameters:
    ///   - plane: at least one pixel.
    ///   - path: of the file; its folder must be there.
    ///   - quality: 1…100.
    /// - Throws: ``ImagingError/encodingFailed(format:reason:)``, ``ImagingError/unwritable(path:reason:)``
    public static func writeJPEG(_ plane: RGBPlane, to path: String, quality: Int = 95) throws(ImagingError) {
        try write(encodeJPEG(plane, quality: quality), to: path)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(ImagingError) {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
