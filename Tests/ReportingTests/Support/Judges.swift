import Foundation
import HilumTesting

/// Programs that we did not write, and what they have to say about an object.
enum Judges {
    static let dciodvfy = Tool("dciodvfy")
    static let dcentvfy = Tool("dcentvfy")
    static let dsrdump = Tool("dsrdump")
    static let dsr2html = Tool("dsr2html")

    static func withFiles<Result>(_ objects: [[UInt8]], _ body: ([String]) throws -> Result) throws -> Result {
        try Workplace.withTemporaryFolder { folder in
            let paths = try objects.enumerated().map { index, bytes in
                let url = folder.appending(path: "object\(index).dcm")
                try Data(bytes).write(to: url)
                return url.path
            }
            return try body(paths)
        }
    }

    /// dciodvfy's complaints that start with `Error`. Its exit status says nothing.
    static func errors(_ object: [UInt8]) throws -> [String] {
        guard let dciodvfy else { return [] }
        return try withFiles([object]) { paths in
            try dciodvfy.run(["-new"] + paths).all.split(separator: "\n").map(String.init)
                .filter { $0.hasPrefix("Error") }
        }
    }

    /// What a Python script prints of some objects, whose paths are its arguments.
    static func python(_ script: String, _ objects: [[UInt8]]) throws -> Tool.Output? {
        guard let python = Tool.python else { return nil }
        return try withFiles(objects) { try python.run(["-c", script] + $0) }
    }
}
