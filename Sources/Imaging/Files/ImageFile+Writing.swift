internal import Foundation

extension ImageFile {
    public static func encodePNG(_ plane: GreyPlane) throws(ImagingError) -> [UInt8] {
        try PNG.encode(plane.pixels, width: plane.width, height: plane.height, colour: false)
    }

    public static func encodePNG(_ plane: RGBPlane) throws(ImagingError) -> [UInt8] {
        try PNG.encode(plane.bytes, width: plane.width, height: plane.height, colour: true)
    }

    /// - Parameter quality: 1…100.
    public static func encodeJPEG(_ plane: GreyPlane, quality: Int = 95) throws(ImagingError) -> [UInt8] {
        try JPEG.encode(plane.pixels, width: plane.width, height: plane.height, colour: false, quality: quality)
    }

    /// Colour is kept at full resolution (4:4:4).
    /// - Parameter quality: 1…100.
    public static func encodeJPEG(_ plane: RGBPlane, quality: Int = 95) throws(ImagingError) -> [UInt8] {
        try JPEG.encode(plane.bytes, width: plane.width, height: plane.height, colour: true, quality: quality)
    }

    public static func writePNG(_ plane: GreyPlane, to path: String) throws(ImagingError) {
        try write(encodePNG(plane), to: path)
    }

    public static func writePNG(_ plane: RGBPlane, to path: String) throws(ImagingError) {
        try write(encodePNG(plane), to: path)
    }

    public static func writeJPEG(_ plane: GreyPlane, to path: String, quality: Int = 95) throws(ImagingError) {
        try write(encodeJPEG(plane, quality: quality), to: path)
    }

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
