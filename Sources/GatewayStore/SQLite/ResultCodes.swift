import Foundation
public import Workflow

/// What a database's or an operating system's code means for a piece of work. `Workflow` knows causes only, because
/// these numbers differ by system.
extension StoreError {
    /// Why a try ended that met this error.
    public var cause: Cause { Cause(kind, description) }

    private var kind: Cause.Kind {
        switch self {
        case .system(let call, _, let code): Self.kind(errno: code, isReading: Self.readingCalls.contains(call))
        case .database(_, let code): Self.kind(databaseCode: code)
        case .notEnoughRoom: .diskFull
        default: .failed
        }
    }

    private static let readingCalls: Set = ["read", "stat", "opendir", "open for reading"]

    static func kind(errno code: Int32, isReading: Bool) -> Cause.Kind {
        switch code {
        case ENOSPC, EDQUOT: .diskFull
        case EMFILE, ENFILE: .tooManyFiles
        case ENOENT, ENOTDIR: isReading ? .fileMissing : .writeFault
        default: isReading ? .readFault : .writeFault
        }
    }

    /// The low byte of SQLite's extended result codes.
    private static func kind(databaseCode code: Int32) -> Cause.Kind {
        switch code & 0xFF {
        case 5, 6: .databaseLocked  // SQLITE_BUSY, SQLITE_LOCKED
        case 13: .diskFull  // SQLITE_FULL
        case 10, 14: .readFault  // SQLITE_IOERR, SQLITE_CANTOPEN
        case 8: .writeFault  // SQLITE_READONLY
        default: .failed
        }
    }
}
