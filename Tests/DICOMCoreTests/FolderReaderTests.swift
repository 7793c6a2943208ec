import Foundation
import HilumTesting
import Testing

@testable import DICOMCore

@Suite struct FolderReaderTests {
    @Test func everyNameIsListedOnce() throws {
        try Workplace.withTemporaryFolder { folder in
            let names = [".hidden", "a", "ä", String(repeating: "x", count: 255)]
            for name in names { try Data().write(to: folder.appending(path: name)) }
            let found = try #require(FolderReader.names(in: folder.path)).map { String(decoding: $0, as: UTF8.self) }
            #expect(Set(found) == Set(names) && found.count == names.count)
            #expect(FolderReader.names(in: folder.appending(path: "a").path) == nil)
        }
    }

    /// The C library's entries are as long as their names; the last of a buffer may end where the process's memory does.
    @Test("Nothing is read beyond an entry's name", arguments: [1, 12, 255])
    func entriesAtTheEndOfMemory(_ length: Int) throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let memory = try #require(
            mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { munmap(memory, 2 * page) }
        #expect(mprotect(memory + page, page, PROT_NONE) == 0)
        let offset = try #require(MemoryLayout<dirent>.offset(of: \dirent.d_name))
        let start = memory + page - offset - length - 1
        memset(start, 0, offset + length + 1)
        memset(start + offset, 0x6E, length)
        // Entries begin at multiples of eight; this one may not, which x86 and ARM read all the same.
        let name = FolderReader.name(of: UnsafePointer(start.assumingMemoryBound(to: dirent.self)))
        #expect(name == [UInt8](repeating: 0x6E, count: length))
    }
}
