import Foundation
import Imaging

/// A picture file's pixels as a DICOM object takes them.
struct PictureSource {
    /// `JPEG` or `PNG`.
    let format: String
    let width: Int
    let height: Int
    /// 1 or 3.
    let samples: Int
    /// Colour by pixel.
    let pixels: [UInt8]
    /// SHA-256 of size and pixels: what UIDs derive from, so that a file's other content doesn't matter.
    let digest: String
    let isLossy: Bool
    /// The file's samples have 16 bits, of which 8 are left.
    let isReduced: Bool
    /// Uncompressed bytes divided by the file's, two decimals.
    let compressionRatio: Double

    /// - Parameter keepsColour: else colour becomes grey levels, which of a JPEG are its own luma channel.
    init(_ file: URL, keepsColour: Bool) throws {
        let picture = try ImageFile.read(file.path)
        if keepsColour, case .colour(let plane) = picture.pixels {
            (width, height, samples, pixels) = (plane.width, plane.height, 3, plane.bytes)
        } else {
            let plane = try ImageFile.readGrey(file.path)
            (width, height, samples, pixels) = (plane.width, plane.height, 1, plane.pixels)
        }
        guard (1...65535).contains(width), (1...65535).contains(height) else {
            throw StudiesError.tooLarge(
                what: "\(file.path): a side in pixels", asked: max(width, height), allowed: 65535)
        }
        format = picture.format.rawValue
        isLossy = picture.format == .jpeg
        isReduced = picture.storedBits > 8
        digest = Digest.sha256(Data("\(width) \(height) \(samples) ".utf8) + Data(pixels))
        let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        let ratio = Double(width * height * samples) / Double(max(size, 1))
        compressionRatio = (ratio * 100).rounded() / 100
    }
}
