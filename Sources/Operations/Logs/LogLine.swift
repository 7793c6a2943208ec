import Foundation
import Gateway
import Logging

/// An event of the log as one line, whatever it holds: line ends and other controls in it are written out, so that nobody
/// who sends something can make lines of his own.
struct LogLine: Hashable, Sendable {
    var time: Date
    var level: Logger.Level
    var message: String
    /// In the order of their names.
    var fields: [Field]

    struct Field: Hashable, Sendable {
        var name: String
        var value: String
    }

    init(time: Date, level: Logger.Level, message: String, metadata: Logger.Metadata) {
        self.time = time
        self.level = level
        self.message = message
        fields = metadata.map { Field(name: $0.key, value: "\($0.value)") }.sorted { $0.name < $1.name }
    }

    func written(in style: LogStyle) -> String {
        let line =
            switch style.form {
            case .text: style.hasPriority ? content : "\(timestamp) \(level.rawValue): \(content)"
            case .json: json
            }
        return style.hasPriority ? "<\(level.priority)>\(line)\n" : "\(line)\n"
    }

    private var timestamp: String { Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(time) }

    private var content: String {
        let message = Self.escaped(message) { _ in nil }
        return ([message] + fields.map { "\($0.name)=\(Self.quoted($0.value))" }).joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty && !value.unicodeScalars.contains { " \"=\\".unicodeScalars.contains($0) || isControl($0) }
        return isPlain ? value : "\"\(escaped(value) { "\"\\".unicodeScalars.contains($0) ? "\\\($0)" : nil })\""
    }

    private var json: String {
        let own = [("time", timestamp), ("level", level.rawValue), ("message", message)]
        let names = Set(own.map(\.0))
        let all = own + fields.map { (names.contains($0.name) ? "\($0.name)_" : $0.name, $0.value) }
        return "{\(all.map { "\(Self.jsonString($0.0)):\(Self.jsonString($0.1))" }.joined(separator: ","))}"
    }

    /// RFC 8259 §7.
    private static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where isControl(scalar):
                result += "\\u" + String(String(0x10000 | scalar.value, radix: 16).suffix(4))
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func escaped(_ text: String, _ other: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let replacement = other(scalar) {
                result += replacement
            } else if scalar == "\n" {
                result += "\\n"
            } else if isControl(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Controls of ASCII and of ISO 6429, and Unicode's own ends of lines.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}

extension Logger.Level {
    /// Of syslog (RFC 5424 §6.2.1), as sd-daemon(3) has it before a line.
    var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
