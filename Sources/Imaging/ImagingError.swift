/// Why an image file could not be read or written. Each prints a sentence that says what, where and what to do.
public enum ImagingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system can't open or read the file; `reason` in its words.
    case unreadable(path: String, reason: String)
    /// The first bytes are neither PNG's nor JPEG's.
    case unknownFormat(path: String)
    /// libpng or libjpeg-turbo can't decode it.
    case damaged(path: String, format: String, reason: String)
    /// More pixels than ``ImageLimits/pixels``.
    case tooLarge(path: String, width: Int, height: Int, limit: Int)
    /// More bytes than ``ImageLimits/bytes``.
    case fileTooLarge(path: String, bytes: Int, limit: Int)
    /// The file can't be written; an older one of that name is untouched.
    case unwritable(path: String, reason: String)
    /// A plane that the format can't hold, one without pixels above all.
    case encodingFailed(format: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read (\(reason)); check that it is there and readable"
        case .unknownFormat(let path):
            "\(path) is neither PNG nor JPEG; convert it to one of them"
        case .damaged(let path, let format, let reason):
            "\(path) is a damaged \(format) file (\(reason)); get it anew from where it came"
        case .tooLarge(let path, let width, let height, let limit):
            "\(path) has \(width) × \(height) pixels, more than the limit of \(limit); reduce it first"
        case .fileTooLarge(let path, let bytes, let limit):
            "\(path) has \(bytes) bytes, more than the limit of \(limit); reduce it first"
        case .unwritable(let path, let reason):
            "\(path) cannot be written (\(reason)); check the folder and the free space"
        case .encodingFailed(let format, let reason):
            "the image could not be made into \(format) (\(reason)); an image needs at least one pixel"
        }
    }
}
