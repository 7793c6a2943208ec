public import Imaging

/// What the classifier is shown instead of the image, to see what is left when there is no lung to judge by (method §6;
/// Maguolo and Nanni 2020): accuracy must fall to chance. The lungs are found in the image itself.
public enum ShortcutTest: String, Codable, CaseIterable, Sendable {
    /// Lungs black: what the box's margin shows.
    case blankLungs = "blank-lungs"
    /// The lungs' outlines, white on black: what their shape gives away.
    case outline
    /// The outer tenth of the lungs' box, the rest black.
    case rim
    /// Lungs of one grey, everything else as it is: borders, markers, exposure.
    case border

    /// Share of the box's sides that a rim takes.
    private static let rimShare = 0.1

    /// - Parameter labels: of the image's size; another size leaves the image as it is.
    public func altered(_ image: GreyPlane, labels: LabelPlane) -> GreyPlane {
        guard image.width == labels.width, image.height == labels.height, let box = labels.extent else { return image }
        switch self {
        case .blankLungs: return painted(image, labels, grey: 0)
        case .border: return painted(image, labels, grey: 128)
        case .outline:
            var canvas = Canvas(width: image.width, height: image.height)
            for label in [UInt8(1), 2] {
                let lung = labels.map { $0 == label ? 1 : 0 as UInt8 }
                for contour in Outlines.polygons(of: lung) { canvas.stroke(contour, .white, width: 1) }
            }
            return canvas.image.luma
        case .rim:
            let across = max(1, Int(Self.rimShare * Double(box.width)))
            let down = max(1, Int(Self.rimShare * Double(box.height)))
            var out = image
            for row in max(0, box.y + down)..<max(box.y + down, box.y + box.height - down) {
                for column in max(0, box.x + across)..<max(box.x + across, box.x + box.width - across) {
                    out[row: row, column: column] = 0
                }
            }
            return out
        }
    }

    private func painted(_ image: GreyPlane, _ labels: LabelPlane, grey: UInt8) -> GreyPlane {
        var out = image
        for index in out.pixels.indices where labels.pixels[index] != 0 { out.pixels[index] = grey }
        return out
    }
}
