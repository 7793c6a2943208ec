import Foundation
import HilumTesting
import Testing
import Workflow

@testable import GatewayStore

/// What an operator reads when the system or SQLite refuses.
struct StoreErrorTests {
    @Test(
        "A code of the system's leads to what to do, with the place",
        arguments: [
            (ENOSPC, "make room"), (EROFS, "mount its file system"), (EACCES, "let this user"),
            (EMFILE, "raise the limit of open files"), (ENOENT, "put it back"), (EIO, "kernel's log"),
        ])
    func system(code: Int32, advice: String) throws {
        let text = "\(StoreError.system(call: "open", path: "/spool/x", code: code))"
        if [EIO, EMFILE].contains(code) {
            #expect(try Troubleshooting.names(text, for: "StoreErrorTests.system"), "\(text)")
        }
        #expect(text.contains("/spool/x") && text.contains(advice), "\(text)")
    }

    @Test("A folder whose name a file has can't be made, and one that is there is")
    func folders() throws {
        try Workplace.withTemporaryFolder { place in
            let files = POSIXFileSystem()
            let deep = place.appending(path: "a/b/c").path
            for _ in 1...2 { try files.makeFolder(deep) }
            #expect(try files.list(deep).isEmpty)
            try Data().write(to: place.appending(path: "file"))
            for name in ["file", "file/data"] {
                let error = #expect(throws: StoreError.self) {
                    try files.makeFolder(place.appending(path: name).path)
                }
                let text = "\(error.map { "\($0)" } ?? "")"
                #expect(try Troubleshooting.names(text, for: "StoreErrorTests.folders"), "\(text)")
            }
        }
    }

    @Test(
        "So does one of SQLite's",
        arguments: [
            (5, "another process holds it"), (8, "let this user write"), (10, "check the disk"),
            (11, "hilum storage check --repair"), (13, "make room"), (14, "check that the file is there"),
            (26, "hilum storage check --repair"),
        ] as [(Int32, String)])
    func sqlite(code: Int32, advice: String) {
        #expect("\(StoreError.database(message: "no", code: code | 3 << 8))".contains(advice))
    }

    @Test("Where SQLite's refusal comes while a database is opened, the database is named")
    func place() {
        let error = #expect(throws: StoreError.self) {
            try StoreError.naming("/store/hilum.sqlite") { throw StoreError.database(message: "is locked", code: 5) }
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("/store/hilum.sqlite"))
        #expect(error?.cause.kind == .databaseLocked)
    }
}
