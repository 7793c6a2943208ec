public import Foundation

/// A program that we did not write, run to its end: judges (`dciodvfy`, `dsrdump`), references (Python) and peers.
public struct Tool: Sendable {
    public struct Output: Sendable {
        public var status: Int32
        public var standardOutput: String
        public var standardError: String
        /// Both streams, for judges that print on either.
        public var all: String { standardOutput + standardError }
    }

    public let path: String

    /// Nil when no such program is on the path.
    public init?(_ name: String) {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders: [String] = path.split(separator: ":").map(String.init) + ["/usr/sbin"]
        let found = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { return nil }
        self.path = found
    }

    /// Python with the judges' packages (`Scripts/bootstrap`).
    public static let python: Tool? = {
        let path = Workplace.root.appending(path: ".venv/bin/python").path
        return FileManager.default.isExecutableFile(atPath: path) ? Tool(at: path) : nil
    }()

    public init(at path: String) {
        self.path = path
    }

    /// Output goes to files, so that a chatty program never blocks on a full pipe.
    public func run(
        _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil
    ) throws -> Output {
        try Workplace.withTemporaryFolder { temporary in
            let out = temporary.appending(path: "out")
            let err = temporary.appending(path: "err")
            for file in [out, err] { try Data().write(to: file) }
            let process = Process()
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.currentDirectoryURL = folder
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try FileHandle(forWritingTo: out)
            process.standardError = try FileHandle(forWritingTo: err)
            try process.run()
            process.waitUntilExit()
            return Output(
                status: process.terminationStatus,
                standardOutput: String(decoding: try Data(contentsOf: out), as: UTF8.self),
                standardError: String(decoding: try Data(contentsOf: err), as: UTF8.self))
        }
    }
}
