public import Foundation

extension TrainingRows {
    /// Images in folders that bear their class's name, `FOLDER/class/*.jpg` (or jpeg, png). Which ones validate follows
    /// from the hash of each name, so that it stays when images are added.
    /// - Parameters:
    ///   - classes: nil: all folders, sorted. With them, a folder of another name is an error.
    ///   - validationShare: 0…1.
    /// - Throws: ``LearningError/data(_:)``
    public init(
        folder: URL, classes wanted: [String]?, merged: [String: String] = [:], validationShare: Double
    ) throws {
        let folders = try Self.names(in: folder).filter { Self.isFolder(folder.appending(path: $0)) }
        guard !folders.isEmpty else {
            throw LearningError.data(
                "\(folder.path) holds no folders of classes; put the images of each class into one")
        }
        let classes = wanted ?? Set(folders.map { merged[$0] ?? $0 }).sorted()
        var (train, validation) = ([TrainingRow](), [TrainingRow]())
        for name in folders {
            let place = folder.appending(path: name)
            guard let label = classes.firstIndex(of: merged[name] ?? name) else {
                throw LearningError.data(
                    "\(place.path): the class \(name) is none of \(classes.joined(separator: ", ")); add it to "
                        + "--classes or move the folder away")
            }
            for file in try Self.names(in: place) where Self.isImage(file) {
                let path = place.appending(path: file).path
                let row = TrainingRow(path: path, label: label, source: folder.lastPathComponent, place: path)
                let share = Double(Fingerprint(file).value >> 11) / Double(1 << 53)
                if share < validationShare { validation.append(row) } else { train.append(row) }
            }
        }
        try self.init(classes: classes, train: train, validation: validation, from: folder.path)
    }

    private static func names(in folder: URL) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw LearningError.data("\(folder.path) cannot be listed; check that it is there and readable")
        }
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func isImage(_ name: String) -> Bool {
        ["jpg", "jpeg", "png"].contains(URL(filePath: name).pathExtension.lowercased())
    }
}
