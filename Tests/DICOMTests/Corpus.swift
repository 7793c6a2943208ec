import DICOM
import DICOMCore
import Foundation
import HilumTesting

/// Testing has a `Tag` too.
typealias Tag = DICOMCore.Tag

/// Files of `Tests/Corpus` and what pydicom makes of them.
enum Corpus {
    struct Image: Sendable {
        var path: String
        var shape: [Int]
        var dtype: String
        var photometric: String
        var tolerance: Int
        var sha256: String

        var url: URL { Workplace.corpus.appending(path: path) }
    }

    static let images: [Image] = {
        let table = try? String(contentsOf: Workplace.corpus.appending(path: "pixels.csv"), encoding: .utf8)
        return (table ?? "").split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Image(
                path: cells[0], shape: cells[1].split(separator: "x").compactMap { Int($0) }, dtype: cells[2],
                photometric: cells[3], tolerance: Int(cells[4]) ?? 0, sha256: cells[5])
        }
    }()

    static func image(_ name: String) throws -> DataSet {
        try DataSet(contentsOf: Workplace.corpus.appending(path: "images/\(name).dcm"))
    }

    static func file(_ name: String) -> URL { Workplace.corpus.appending(path: "images/\(name).dcm") }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Workplace.corpus.appending(path: "images/\(name).dcm")))
    }

    /// SHA-256 by a program that we did not write.
    static func sha256(_ bytes: [UInt8]) throws -> String {
        guard let tool = Tool("sha256sum") else { throw MissingTool(name: "sha256sum") }
        return try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "bytes")
            try Data(bytes).write(to: file)
            return String(try tool.run([file.path]).standardOutput.prefix(64))
        }
    }

    struct MissingTool: Error { let name: String }
}

/// Python as a judge: a program that prints numbers.
enum Judge {
    static func numbers(_ program: String, _ arguments: [String]) throws -> [Double] {
        guard let python = Tool.python else { throw Corpus.MissingTool(name: "python") }
        let output = try python.run(["-W", "ignore", "-c", program] + arguments)
        guard output.status == 0 else { throw Failure(text: output.standardError) }
        return output.standardOutput.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    }

    struct Failure: Error { let text: String }
}
