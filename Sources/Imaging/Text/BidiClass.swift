/// The bidirectional classes that the algorithm of `BidiText` tells apart (UAX #9, table 4).
enum BidiClass {
    case left, right, arabic
    case europeanNumber, europeanSeparator, europeanTerminator, arabicNumber, commonSeparator
    case mark, space, neutral

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x30...0x39, 0xB2, 0xB3, 0xB9, 0x6F0...0x6F9, 0x2070, 0x2074...0x2079, 0x2080...0x2089, 0xFF10...0xFF19:
            self = .europeanNumber
        case 0x2B, 0x2D, 0x207A, 0x207B, 0x2212: self = .europeanSeparator
        case 0x23...0x25, 0xA2...0xA5, 0xB0, 0xB1, 0x066A, 0x20A0...0x20CF, 0x2030...0x2034: self = .europeanTerminator
        case 0x660...0x669, 0x66B, 0x66C, 0x6DD, 0x600...0x605, 0x8E2: self = .arabicNumber
        case 0x2C, 0x2E, 0x2F, 0x3A, 0xA0, 0x060C, 0x202F, 0x2044: self = .commonSeparator
        case 0x200E: self = .left
        case 0x200F: self = .right
        case 0x061C: self = .arabic
        default: self = Self.byCategory(scalar)
        }
    }

    private static func byCategory(_ scalar: Unicode.Scalar) -> BidiClass {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: .mark
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control: .space
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            isRightToLeft(scalar) ?? .neutral
        default: isRightToLeft(scalar) ?? .left
        }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> BidiClass? {
        switch scalar.value {
        case 0x0600...0x07BF, 0x0860...0x08FF, 0xFB50...0xFDCF, 0xFDF0...0xFDFC, 0xFE70...0xFEFE, 0x1EC70...0x1ECBF,
            0x1EE00...0x1EEFF:
            .arabic
        case 0x0590...0x05FF, 0x07C0...0x085F, 0xFB1D...0xFB4F, 0x10800...0x10FFF, 0x1E800...0x1EC6F, 0x1ECC0...0x1EDFF:
            .right
        default: nil
        }
    }
}
