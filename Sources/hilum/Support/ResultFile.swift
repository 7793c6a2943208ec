import Foundation
import Learning

/// A file that long work ends in. It is asked for before the work begins, which would be lost otherwise.
struct ResultFile {
    private let file: URL

    /// - Throws: `LearningError.workFolder` where its folder is none that this user may write to.
    init(_ path: String) throws {
        file = URL(filePath: path)
        let folder = file.deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
            FileManager.default.isWritableFile(atPath: folder)
        else {
            throw LearningError.workFolder(path: path, problem: "its folder is missing, or not this user's to write to")
        }
    }

    func write(_ data: Data) throws {
        do {
            try data.write(to: file, options: .atomic)
        } catch {
            throw LearningError.workFolder(path: file.path, problem: "it cannot be written")
        }
    }
}
