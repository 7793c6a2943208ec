import Foundation
import Imaging

/// Prepared radiographs as files, one for each image, in a folder named by what they were prepared with. A file that is
/// missing or damaged is made again.
struct PreparedCache: Sendable {
    let folder: URL

    /// - Parameter key: of everything that the labels depend on besides the image.
    init(in workFolder: URL, key: String) throws {
        folder = workFolder.appending(path: "prepared/\(key)")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw LearningError.workFolder(path: folder.path, problem: "it cannot be made")
        }
    }

    /// Of an image's bytes, so that a run goes on with a copy of its images; nil when there is no such file.
    static func key(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let data = try? Data(contentsOf: URL(filePath: path))
        else { return nil }
        var fingerprint = Fingerprint()
        data.withUnsafeBytes { fingerprint.add($0) }
        return fingerprint.text
    }

    private static let magic = Array("HILUMP01".utf8)

    func image(_ key: String) -> PreparedImage? {
        guard let data = try? Data(contentsOf: file(key)) else { return nil }
        return Self.decoded([UInt8](data))
    }

    func keep(_ image: PreparedImage, _ key: String) throws {
        do {
            try Data(Self.encoded(image)).write(to: file(key), options: .atomic)
        } catch {
            throw LearningError.workFolder(path: file(key).path, problem: "it cannot be written")
        }
    }

    private func file(_ key: String) -> URL { folder.appending(path: key + ".prepared") }

    static func encoded(_ image: PreparedImage) -> [UInt8] {
        var bytes = magic
        func add(_ value: Int, _ count: Int) {
            for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
        }
        add(image.grey.width, 4)
        add(image.grey.height, 4)
        add(image.labels.values.count, 4)
        bytes += image.grey.pixels
        bytes += image.labels.values
        for length in image.labels.lengths { add(Int(length), 2) }
        add(Int(truncatingIfNeeded: checksum(bytes)), 8)
        return bytes
    }

    static func decoded(_ bytes: [UInt8]) -> PreparedImage? {
        guard bytes.count >= 28, Array(bytes[0..<8]) == magic else { return nil }
        func number(_ start: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
        }
        let (width, height, runs) = (number(8, 4), number(12, 4), number(16, 4))
        guard width <= 1 << 14, height <= 1 << 14, runs <= 1 << 28,
            bytes.count == 28 + width * height + 3 * runs,
            number(bytes.count - 8, 8) == Int(truncatingIfNeeded: checksum(bytes.dropLast(8)))
        else { return nil }
        let (values, lengths) = (20 + width * height, 20 + width * height + runs)
        guard
            let labels = LabelRuns(
                width: width, height: height, values: Array(bytes[values..<lengths]),
                lengths: (0..<runs).map { UInt16(number(lengths + 2 * $0, 2)) })
        else { return nil }
        return PreparedImage(
            grey: GreyPlane(width: width, height: height, pixels: Array(bytes[20..<values])), runs: labels)
    }

    private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add(bytes)
        return fingerprint.value
    }
}
