import Diagnosis
import Imaging

/// The image at full sharpness in its own aspect, as it is or with activation, lung outlines and side marks.
struct ImagePanel {
    let page: PicturePage
    let layout: PictureLayout
    let box: PictureLayout.Box
    let isMarked: Bool

    func draw(on canvas: inout Canvas, _ lettering: Lettering) {
        canvas.fill(layout.pixels(box), .black)
        guard let display = page.display, display.width > 0, display.height > 0 else {
            if isMarked { placeholder(on: &canvas, lettering) }
            return caption(on: &canvas, lettering)
        }
        let frame = fitted(display)
        canvas.draw(display, in: layout.pixels(frame))
        guard isMarked else { return caption(on: &canvas, lettering) }
        if let activation = page.activation {
            canvas.overlay(activation, in: layout.pixels(frame), alpha: PictureStyle.activationOpacity)
        }
        outlines(in: frame, display, on: &canvas)
        sideMarks(in: frame, display, on: &canvas, lettering)
        caption(on: &canvas, lettering)
    }

    /// The largest box of the image's aspect in the panel. Pixels that are not square are made so.
    private func fitted(_ display: GreyPlane) -> PictureLayout.Box {
        let spacing = page.source?.spacing
        let stretch = spacing.map { $0.row / $0.column } ?? 1
        let tall = Double(display.height) * (stretch.isFinite && stretch > 0.2 && stretch < 5 ? stretch : 1)
        let factor = min(box.width / Double(display.width), box.height / tall)
        let width = Double(display.width) * factor
        let height = tall * factor
        return PictureLayout.Box(
            x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width: width, height: height)
    }

    /// The right lung's outline is drawn through, the left one's dashed, over a dark seam that holds on bright bone.
    private func outlines(in frame: PictureLayout.Box, _ display: GreyPlane, on canvas: inout Canvas) {
        for lung in page.lungs {
            for contour in lung.contours where contour.count >= 3 {
                let polygon = contour.map { place($0, in: frame, display) }
                canvas.stroke(polygon, .black, width: 3.6 * layout.scale, alpha: 0.45)
                if lung.side == .right {
                    canvas.stroke(polygon, PictureStyle.outline, width: 1.8 * layout.scale)
                } else {
                    canvas.strokeDashed(
                        polygon, PictureStyle.outline, width: 1.8 * layout.scale, dash: 7 * layout.scale)
                }
            }
        }
    }

    /// A point of the original matrix, which the display need not have.
    private func place(_ point: Point, in frame: PictureLayout.Box, _ display: GreyPlane) -> Point {
        let columns = page.source.map(\.columns).flatMap { $0 > 0 ? $0 : nil } ?? display.width
        let rows = page.source.map(\.rows).flatMap { $0 > 0 ? $0 : nil } ?? display.height
        return Point(
            x: (frame.x + point.x / Double(columns) * frame.width) * layout.scale,
            y: (frame.y + point.y / Double(rows) * frame.height) * layout.scale)
    }

    /// R and L, at the image's sides, as Patient Orientation states them and by nothing else: the network's right and left are a
    /// guess, which may stand against the film's own marker.
    private func sideMarks(
        in frame: PictureLayout.Box, _ display: GreyPlane, on canvas: inout Canvas, _ lettering: Lettering
    ) {
        guard let rightIsAtTheLeft else {
            return plate(
                page.lungs.isEmpty ? page.phrases.picture.sidesUnknown : page.phrases.picture.sidesPresumed,
                on: &canvas, lettering)
        }
        let marks = rightIsAtTheLeft ? ("R", "L") : ("L", "R")
        let size = 30.0
        lettering.draw(
            marks.0, x: frame.x + 10, y: frame.y + 8, size: size, weight: .bold, colour: PictureStyle.text,
            shadowed: true, on: &canvas)
        lettering.draw(
            marks.1, x: frame.right - 10, y: frame.y + 8, size: size, weight: .bold, colour: PictureStyle.text,
            align: .right, shadowed: true, on: &canvas)
    }

    private var rightIsAtTheLeft: Bool? { page.source?.rightIsAtTheLeft }

    /// Above the caption, where lungs seldom are, on a ground of its own: letters alone are lost on bright bone and on noise.
    private func plate(_ text: String, on canvas: inout Canvas, _ lettering: Lettering) {
        let width = min(lettering.width(text, size: 15) + 20, box.width)
        let ground = PictureLayout.Box(x: box.x, y: box.bottom - 62, width: width, height: 27)
        canvas.fill(layout.pixels(ground), PictureStyle.background)
        lettering.draw(
            text, x: ground.x + 10, y: ground.y + 4, size: 15, colour: PictureStyle.text, maxWidth: width - 16,
            on: &canvas)
    }

    /// Which image of how many, and what people know it by.
    private func caption(on canvas: inout Canvas, _ lettering: Lettering) {
        guard let caption = page.caption else { return }
        lettering.draw(
            caption, x: box.x + 10, y: box.bottom - 28, size: 16, colour: PictureStyle.text, maxWidth: box.width - 20,
            shadowed: true, on: &canvas)
    }

    private func placeholder(on canvas: inout Canvas, _ lettering: Lettering) {
        let reason = page.finding.reasons.first.map { page.phrases.text(of: $0, for: page.finding.kind) }
        lettering.paragraph(
            reason ?? page.phrases.picture.noLungs, x: box.x + 60, y: box.y + box.height / 2 - 20,
            width: box.width - 120, size: 22,
            colour: PictureStyle.secondary, lines: 4, on: &canvas)
    }
}
