import DICOM
import DICOMCore
import Foundation

/// A moment as DICOM writes it.
struct DICOMDate {
    /// VR DA.
    let date: String
    /// VR TM, to the second.
    let time: String
    /// As Timezone Offset From UTC (0008,0201) has it; nil where no zone is known, and times are UTC without saying so.
    let statedOffset: String?
    /// VR DT with the offset.
    var dateTime: String { date + time + (statedOffset ?? "+0000") }

    /// - Parameters:
    ///   - stated: an offset as in (0008,0201), which decides where it is one.
    ///   - zone: where no offset is stated.
    init(_ moment: Date, stated: String? = nil, zone: TimeZone? = nil) {
        let seconds = Self.seconds(stated) ?? zone?.secondsFromGMT(for: moment)
        statedOffset = seconds.map(Self.offset)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: seconds ?? 0) ?? .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: moment)
        date = Self.padded(parts.year, 4) + Self.padded(parts.month, 2) + Self.padded(parts.day, 2)
        time = Self.padded(parts.hour, 2) + Self.padded(parts.minute, 2) + Self.padded(parts.second, 2)
    }

    /// `2026-11-23 07:30 UTC+01:00`.
    var readable: String {
        let day = "\(date.prefix(4))-\(date.dropFirst(4).prefix(2))-\(date.suffix(2))"
        let offset = statedOffset.map { $0.hasSuffix("0000") ? "" : "\($0.prefix(3)):\($0.suffix(2))" } ?? ""
        return "\(day) \(time.prefix(2)):\(time.dropFirst(2).prefix(2)) UTC\(offset)"
    }

    /// Of `&ZZXX` (PS3.3 C.12.1); nil for anything else.
    private static func seconds(_ offset: String?) -> Int? {
        guard let offset, offset.count == 5, let sign = offset.first, sign == "+" || sign == "-",
            let digits = Int(offset.dropFirst()), (0...1400).contains(digits), digits % 100 < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (digits / 100 * 3600 + digits % 100 * 60)
    }

    private static func offset(_ seconds: Int) -> String {
        let minutes = abs(seconds) / 60
        return (seconds < 0 ? "-" : "+") + padded(minutes / 60, 2) + padded(minutes % 60, 2)
    }

    private static func padded(_ number: Int?, _ width: Int) -> String {
        let digits = String(number ?? 0)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension ReportRequest {
    /// The job's date in the zone in which the study's own times are told, where that is stated, else in the node's.
    var moment: DICOMDate {
        DICOMDate(identity.date, stated: header.source.string(.timezoneOffsetFromUTC), zone: identity.timeZone)
    }
}
