import Imaging

/// Under the images: what the outlines and the activation's colours mean.
struct LegendRow {
    let page: PicturePage
    let layout: PictureLayout

    private var words: Phrases.PictureWords { page.phrases.picture }

    func draw(on canvas: inout Canvas, _ lettering: Lettering) {
        let box = layout.legend
        lettering.draw(
            words.cleanImage, x: layout.clean.x, y: box.y + 8, size: 14, colour: PictureStyle.secondary, on: &canvas)
        var end = box.x
        if page.lungs.isEmpty {
            lettering.draw(
                words.noLungs, x: box.x, y: box.y + 8, size: 14, colour: PictureStyle.secondary, on: &canvas)
            end += lettering.width(words.noLungs, size: 14) + 20
        } else {
            end = key(page.phrases.rightLung, dashed: false, at: end, on: &canvas, lettering)
            end = key(page.phrases.leftLung, dashed: true, at: end, on: &canvas, lettering)
        }
        activation(after: end, on: &canvas, lettering)
    }

    /// A piece of the line and its meaning; returns where the next one may stand.
    private func key(
        _ text: String, dashed: Bool, at x: Double, on canvas: inout Canvas, _ lettering: Lettering
    ) -> Double {
        let y = layout.legend.y + 17
        for piece in dashed ? [0.0, 12, 24] : [0.0] {
            let ends = [x + piece, x + piece + (dashed ? 6 : 30)]
            canvas.line(
                ends.map { Point(x: $0 * layout.scale, y: y * layout.scale) }, PictureStyle.outline,
                width: 2 * layout.scale)
        }
        lettering.draw(
            text, x: x + 38, y: layout.legend.y + 8, size: 14, colour: PictureStyle.secondary, on: &canvas)
        return x + 38 + lettering.width(text, size: 14) + 20
    }

    /// The scale stands at the right: 0 to 1 of the bundle's scale.
    private func activation(after start: Double, on canvas: inout Canvas, _ lettering: Lettering) {
        let box = layout.legend
        guard page.activation != nil else {
            return lettering.draw(
                words.noActivation, x: box.right, y: box.y + 8, size: 14, colour: PictureStyle.secondary,
                align: .right, maxWidth: max(0, box.right - start), on: &canvas)
        }
        let scale = PictureLayout.Box(x: box.right - 136, y: box.y + 10, width: 120, height: 14)
        canvas.scale(.heat, in: layout.pixels(scale))
        canvas.frame(layout.pixels(scale), PictureStyle.rule, width: max(1, Int(layout.scale)))
        lettering.draw("1", x: box.right, y: box.y + 8, size: 14, colour: PictureStyle.text, align: .right, on: &canvas)
        lettering.draw(
            "0", x: scale.x - 8, y: box.y + 8, size: 14, colour: PictureStyle.text, align: .right, on: &canvas)
        lettering.draw(
            words.activation, x: scale.x - 28, y: box.y + 8, size: 14, colour: PictureStyle.secondary, align: .right,
            maxWidth: max(0, scale.x - 28 - start), on: &canvas)
    }
}
