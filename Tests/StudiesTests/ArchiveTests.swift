import Foundation
import HilumTesting
import Synchronization
import Testing

@testable import Studies

@Suite("Archives: walking, telling kinds of file, resuming")
struct ArchiveTests {
    @Test func aWalkGoesByNameAndLeavesHiddenFilesOut() throws {
        try Workplace.withTemporaryFolder { folder in
            for path in ["b/2.dcm", "b/1.dcm", "a.png", ".hidden", "b/c/3.dcm"] {
                let file = folder.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: file)
            }
            #expect(ArchiveWalk([folder]).map(\.relativePath) == ["a.png", "b/1.dcm", "b/2.dcm", "b/c/3.dcm"])
            let named = ArchiveWalk([folder.appending(path: "a.png"), folder.appending(path: "gone")]).map { $0 }
            #expect(named.map(\.relativePath) == ["a.png", "gone"])
            #expect(named.map(\.isNamed) == [true, true])
        }
    }

    @Test func resultsBelowARootAreNoSources() throws {
        try Workplace.withTemporaryFolder { folder in
            for path in ["a/1.png", "out/1.png", "out2/1.png"] {
                let file = folder.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).write(to: file)
            }
            let out = URL(filePath: folder.appending(path: "a/../out/").path)
            #expect(ArchiveWalk([folder], leavingOut: out).map(\.relativePath) == ["a/1.png", "out2/1.png"])
            #expect(OfflineIndex([folder], leavingOut: out).pictureCount == 2)
            #expect(Array(OfflineIndex([folder], leavingOut: out).units).count == 2)
        }
    }

    @Test func aWalkThroughALinkToItsOwnFolderEnds() throws {
        try Workplace.withTemporaryFolder { folder in
            try FileManager.default.createSymbolicLink(at: folder.appending(path: "loop"), withDestinationURL: folder)
            #expect(ArchiveWalk([folder]).map(\.relativePath) == ["loop"])
        }
    }

    @Test func kindsOfFileAreToldByTheirFirstBytes() {
        let preamble = [UInt8](repeating: 0, count: 128)
        #expect(FileKind(prefix: preamble + Array("DICM".utf8)) == .dicom)
        #expect(FileKind(prefix: [8, 0, 5, 0] + Array("CS".utf8) + [10, 0] + Array("ISO_IR 100".utf8)) == .dicom)
        #expect(FileKind(prefix: [8, 0, 5, 0, 10, 0, 0, 0] + Array("ISO_IR 100".utf8)) == .dicom)
        #expect(FileKind(prefix: [0, 8, 0, 5] + Array("CS".utf8) + [0, 10] + Array("ISO_IR 100".utf8)) == .dicom)
        #expect(FileKind(prefix: [0xFF, 0xD8, 0xFF, 0xE0]) == .jpeg)
        #expect(FileKind(prefix: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) == .png)
        #expect(FileKind(prefix: Array("path,class,source\n".utf8)) == nil)
        #expect(FileKind(prefix: []) == nil)
    }

    @Test func workInParallelIsDeliveredInOrder() async throws {
        var delivered: [Int] = []
        let running = Mutex((now: 0, most: 0))
        try await OrderedWork.forEach(0..<100, width: 4) { item in
            running.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
            for _ in 0..<(item % 7) * 3 { await Task.yield() }
            running.withLock { $0.now -= 1 }
            return item
        } deliver: {
            delivered.append($0)
        }
        #expect(delivered == Array(0..<100))
        #expect(running.withLock { $0.most } <= 4)
    }

    @Test func whatWasNotedIsFoundAgainAndACutLineIsDropped() throws {
        try Workplace.withTemporaryFolder { folder in
            let path = folder.appending(path: "state.jsonl")
            do {
                let state = try StateFile<[String]>(at: path)
                try state.note(["1"], for: "a")
                try state.note(["2", "ü"], for: "b")
            }
            let handle = try FileHandle(forWritingTo: path)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"unit":"c","ent"#.utf8))
            try handle.close()

            let state = try StateFile<[String]>(at: path)
            #expect(state.count == 2)
            #expect(state.entry(for: "b") == ["2", "ü"])
            #expect(state.entry(for: "c") == nil)
            try state.note(["3"], for: "c")
            let again = try StateFile<[String]>(at: path)
            #expect(again.entry(for: "c") == ["3"])
        }
    }
}
