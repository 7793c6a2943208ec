import Foundation

/// A moment as DICOM writes it.
struct DICOMDate {
    /// VR DA.
    let date: String
    /// VR TM, to the second.
    let time: String
    /// VR DT with the offset.
    var dateTime: String { date + time + offset }

    private let offset: String

    /// - Parameter offset: of the zone, as Timezone Offset From UTC (0008,0201) states it; UTC otherwise.
    init(_ moment: Date, offset: String? = nil) {
        let seconds = Self.seconds(offset)
        self.offset = seconds == nil ? "+0000" : offset ?? "+0000"
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: seconds ?? 0) ?? .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: moment)
        date = Self.padded(parts.year, 4) + Self.padded(parts.month, 2) + Self.padded(parts.day, 2)
        time = Self.padded(parts.hour, 2) + Self.padded(parts.minute, 2) + Self.padded(parts.second, 2)
    }

    /// `2026-11-23 07:30`.
    var readable: String {
        "\(date.prefix(4))-\(date.dropFirst(4).prefix(2))-\(date.suffix(2)) \(time.prefix(2)):\(time.dropFirst(2).prefix(2))"
    }

    /// Of `&ZZXX` (PS3.3 C.12.1); nil for anything else.
    private static func seconds(_ offset: String?) -> Int? {
        guard let offset, offset.count == 5, let sign = offset.first, sign == "+" || sign == "-",
            let digits = Int(offset.dropFirst()), (0...1400).contains(digits), digits % 100 < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (digits / 100 * 3600 + digits % 100 * 60)
    }

    private static func padded(_ number: Int?, _ width: Int) -> String {
        let digits = String(number ?? 0)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
