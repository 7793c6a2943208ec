import Foundation
import Imaging

/// How a reader sees a colour: dichromats after Machado, Oliveira and Fernandes (2009, severity 1), and a grey monitor.
enum ColourVision: CaseIterable {
    case full, protanopia, deuteranopia, tritanopia, grey

    func seen(_ colour: Colour) -> Colour {
        guard let matrix else { return colour }
        let linear = [colour.red, colour.green, colour.blue].map(Colour.linear)
        let rows = matrix.map { row in zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 } }.map(Self.encoded)
        return Colour(red: rows[0], green: rows[1], blue: rows[2])
    }

    private var matrix: [[Double]]? {
        switch self {
        case .full: nil
        case .protanopia:
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        case .deuteranopia:
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        case .tritanopia:
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        case .grey: Array(repeating: [0.2126, 0.7152, 0.0722], count: 3)
        }
    }

    private static func encoded(_ linear: Double) -> UInt8 {
        let value = min(max(linear, 0), 1)
        let gamma = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
        return UInt8((255 * gamma).rounded())
    }
}

extension Colour {
    static func linear(_ byte: UInt8) -> Double {
        let value = Double(byte) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    /// WCAG's relative luminance.
    private var luminance: Double {
        0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
    }

    /// WCAG's contrast ratio, 1…21.
    func contrast(to other: Colour) -> Double {
        let (one, two) = (luminance, other.luminance)
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    /// Of the bytes, as a straight line.
    func distance(to other: Colour) -> Double {
        let steps = [(red, other.red), (green, other.green), (blue, other.blue)]
        return steps.reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }.squareRoot()
    }
}
