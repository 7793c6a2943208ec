import DICOM
import Foundation

/// Reads a study's objects without their pixels.
enum StudyReader {
    static func headers(of files: [URL]) -> (headers: [ImageHeader], unreadable: [UnreadableFile]) {
        var headers: [ImageHeader] = []
        var unreadable: [UnreadableFile] = []
        for file in files {
            switch header(of: file) {
            case .success(let header): headers.append(header)
            case .failure(let broken): unreadable.append(broken)
            }
        }
        return (headers, unreadable)
    }

    static func header(of file: URL) -> Result<ImageHeader, UnreadableFile> {
        do {
            guard let header = ImageHeader(try DataSet(contentsOf: file), file: file) else {
                return .failure(UnreadableFile(file: file, reason: "lacks a SOP class, instance, study or series UID"))
            }
            return .success(header)
        } catch {
            return .failure(UnreadableFile(file: file, reason: "\(error)"))
        }
    }
}
