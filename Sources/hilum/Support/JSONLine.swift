import Foundation

/// Output of `--json`: one object a line, keys sorted, so that two runs can be compared with `diff`.
enum JSONLine {
    private struct OutputFailed: Error, CustomStringConvertible {
        let description = "standard output can't be written, check where it goes and the free space there"
    }

    static func print(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        var line = try encoder.encode(value)
        line.append(UInt8(ascii: "\n"))
        do {
            try FileHandle.standardOutput.write(contentsOf: line)
        } catch {
            throw OutputFailed()
        }
    }
}
