import Foundation

/// Numbers as reports print them.
enum Numbers {
    static func share(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }

    static func share(_ value: Double?, _ interval: Interval?) -> String {
        guard let interval else { return share(value) }
        return share(value) + " (" + share(interval.low) + "–" + share(interval.high) + ")"
    }

    static func plain(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "–" }
}
