import Foundation

/// Numbers as reports write them.
enum DecimalText {
    /// A decimal string (VR DS): at most 16 characters. Nil for what is no number.
    static func string(_ number: Double) -> String? {
        guard number.isFinite else { return nil }
        for digits in stride(from: 10, through: 1, by: -1) {
            let text = String(format: "%.\(digits)g", number)
            if text.count <= 16, Double(text)?.isFinite == true { return text }
        }
        return nil
    }

    /// A share as a percentage for the DS of a NUM: two decimals.
    static func percentage(_ share: Double) -> String? {
        guard share.isFinite else { return nil }
        return string((share * 10_000).rounded() / 100)
    }

    /// A share in words: `93%`. Certainty is never rounded up to: 100 stands only for exactly all, 0 for none.
    static func words(percentage share: Double) -> String {
        guard share.isFinite else { return "?" }
        let rounded = (share * 100).rounded()
        if rounded >= 100, share < 1 { return ">99%" }
        if rounded <= 0, share > 0 { return "<1%" }
        return "\(Int(min(max(rounded, 0), 100)))%"
    }

    /// A whole number in words.
    static func words(whole number: Double) -> String {
        number.isFinite && abs(number) < 1e15 ? "\(Int(number.rounded()))" : "?"
    }
}
