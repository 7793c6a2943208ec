import Foundation
import Testing

@testable import Learning

@Suite final class ImageResultFileTests {
    typealias File = ImageResultFile<String, [Int]>
    let folder = FileManager.default.temporaryDirectory.appending(path: "hilum-\(UUID().uuidString)")
    var file: URL { folder.appending(path: "results.jsonl") }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test("A second run finds what the first has written, without a line that was cut off")
    func goesOn() throws {
        let first = try File(file, heading: "a")
        #expect(first.results.isEmpty)
        try first.append([1])
        try first.append([2, 3])
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("[4,".utf8))
        try handle.close()
        let second = try File(file, heading: "a")
        #expect(second.results == [[1], [2, 3]])
        try second.append([5])
        #expect(try File(file, heading: "a").results == [[1], [2, 3], [5]])
    }

    @Test("A file that only holds the start of a heading begins anew")
    func cutHeading() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("\"a".utf8).write(to: file)
        #expect(try File(file, heading: "a").results.isEmpty)
        #expect(try String(contentsOf: file, encoding: .utf8) == "\"a\"\n")
    }

    @Test("Results of something else, and other files, are not overwritten")
    func others() throws {
        try File(file, heading: "a").append([1])
        let held = try Data(contentsOf: file)
        #expect(throws: File.Problem.self) { try File(self.file, heading: "b") }
        #expect(try Data(contentsOf: file) == held)
        try Data("\"a\"\n{}\n".utf8).write(to: file)
        #expect(throws: File.Problem.self) { try File(self.file, heading: "a") }
    }
}
