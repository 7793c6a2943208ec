import Diagnosis
import Imaging

/// Colours and sizes of the picture. Every colour that says something is beside a word or a shape that says the same,
/// and all keep their order of lightness on a grey-scale monitor.
enum PictureStyle {
    static let background = Colour(0x0B0E11)
    static let rule = Colour(0x2A323A)
    static let track = Colour(0x29313A)
    static let text = Colour(0xF2F5F7)
    static let secondary = Colour(0xA9B4BE)
    static let bar = Colour(0xD5DCE2)
    static let quietBar = Colour(0x7F8B96)
    static let outline = Colour(0x6FD6FF)
    static let warning = Colour(0xFFD166)

    /// The activation map's opacity where it is strongest: the image stays readable below it.
    static let activationOpacity = 0.42

    /// The level's colour, and the colour of letters on it. What is not triaged has the colour of no level.
    static func colours(_ level: TriageLevel?) -> (fill: Colour, text: Colour) {
        switch level {
        case nil: (Colour(0x33383F), .white)
        case .immediate: (Colour(0xD62F33), .white)
        case .urgent: (Colour(0xF3852B), .black)
        case .expedited: (Colour(0xF4D03F), .black)
        case .routine: (Colour(0x14605F), .white)
        }
    }
}

/// Where things stand, in units of a picture 1024 units high: the image as it is, the same with what was found, the
/// finding.
struct PictureLayout {
    /// Pixels of a unit.
    let scale: Double

    static let height = 1024.0
    static let width = 2 * imageWidth + panelWidth + 4 * margin
    static let imageWidth = 628.0
    static let margin = 20.0
    static let headerHeight = 92.0
    static let footerHeight = 64.0
    static let legendHeight = 40.0
    static let panelWidth = 336.0
    /// Of header and footer, at both ends: there viewers write patient, study, window and zoom over any image.
    static let cornerWidth = 300.0

    struct Box {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
        var right: Double { x + width }
        var bottom: Double { y + height }
    }

    let header = Box(x: margin, y: 14, width: width - 2 * margin, height: headerHeight - 14)

    /// Without a mark on it.
    let clean = Box(
        x: margin, y: headerHeight + 8, width: imageWidth,
        height: height - headerHeight - footerHeight - legendHeight - 16)

    var image: Box { Box(x: clean.right + Self.margin, y: clean.y, width: clean.width, height: clean.height) }

    var legend: Box {
        Box(x: image.x, y: image.bottom + 8, width: image.width, height: Self.legendHeight)
    }

    let panel = Box(
        x: width - panelWidth - margin, y: headerHeight + 8, width: panelWidth,
        height: height - headerHeight - footerHeight - 16)

    let footer = Box(
        x: margin, y: height - footerHeight + 4, width: width - 2 * margin, height: footerHeight - 16)

    func pixels(_ box: Box) -> PixelRect {
        let x = Int((box.x * scale).rounded())
        let y = Int((box.y * scale).rounded())
        return PixelRect(
            x: x, y: y, width: Int((box.right * scale).rounded()) - x, height: Int((box.bottom * scale).rounded()) - y)
    }
}
