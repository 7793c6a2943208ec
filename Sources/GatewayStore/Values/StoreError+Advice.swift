import Foundation

/// What to do about a code of the system's or of SQLite's.
extension StoreError {
    static func advice(errno code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "make room on its disk"
        case EROFS: "mount its file system so that it may be written, or name another folder"
        case EACCES, EPERM: "let this user read and write there, or run it as the user of `hilum serve`"
        case EMFILE, ENFILE: "raise the limit of open files (LimitNOFILE= of the service, or ulimit -n)"
        case ENOENT, ENOTDIR: "put it back, or name a folder that is there"
        case EEXIST: "a file has that name: move it away, or name another folder"
        case EIO: "the disk or its connection is failing; look into the kernel's log"
        default: "check the folder's permissions and free space"
        }
    }

    /// By the low byte of SQLite's extended result codes; empty where there is nothing to do.
    static func advice(databaseCode code: Int32) -> String {
        switch code & 0xFF {
        // SQLITE_BUSY, SQLITE_LOCKED
        case 5, 6: "; another process holds it: end that (`fuser` on the file names it), then try again"
        // SQLITE_READONLY
        case 8: "; let this user write the file and its folder, on a file system that may be written"
        // SQLITE_IOERR
        case 10: "; check the disk, its free space and the kernel's log"
        // SQLITE_CORRUPT, SQLITE_NOTADB
        case 11, 26: "; stop the node and run `hilum storage check --repair`"
        // SQLITE_FULL
        case 13: "; make room on its disk"
        // SQLITE_CANTOPEN
        case 14: "; check that the file is there and may be opened"
        default: ""
        }
    }
}
