import Diagnosis
import Imaging

/// Beside the image: class, confidence, the other classes, triage, reasons, measures; from the top down.
struct FindingPanel {
    let page: PicturePage
    let layout: PictureLayout

    private var finding: Finding { page.finding }
    private var words: Phrases.PictureWords { page.phrases.picture }
    private var box: PictureLayout.Box { layout.panel }

    func draw(on canvas: inout Canvas, _ lettering: Lettering) {
        var y = box.y
        y = notice(page.revision, at: y, on: &canvas, lettering)
        y = notice(page.verdict, at: y, on: &canvas, lettering)
        y = outcome(at: y, on: &canvas, lettering) + 14
        y = triage(at: y, on: &canvas, lettering) + 18
        y = probabilities(at: y, on: &canvas, lettering) + 14
        let measures = MeasureList(page: page).rows
        let room = box.bottom - Double(measures.count) * MeasureList.rowHeight - 24
        y = reasons(at: y, until: room, on: &canvas, lettering)
        y = notAnalysed(at: y, until: room, on: &canvas, lettering)
        cautions(below: y, until: room, on: &canvas, lettering)
        self.measures(measures, on: &canvas, lettering)
    }

    /// What is about the whole study comes first.
    private func notice(
        _ text: String?, at top: Double, on canvas: inout Canvas, _ lettering: Lettering
    ) -> Double {
        guard let text else { return top }
        return top + 12
            + lettering.paragraph(
                text, x: box.x, y: top, width: box.width, size: 16, weight: .bold, colour: PictureStyle.warning,
                lines: 3, on: &canvas)
    }

    /// The class in words, and how sure: a bar and its percentage.
    private func outcome(at top: Double, on canvas: inout Canvas, _ lettering: Lettering) -> Double {
        let name = page.phrases.name(of: finding.outcome)
        let size = lettering.size(for: name, width: box.width, lines: 2, weight: .bold, among: [34, 30, 26, 22])
        let height = lettering.paragraph(
            name, x: box.x, y: top, width: box.width, size: size, weight: .bold, colour: PictureStyle.text, lines: 2,
            on: &canvas)
        guard let confidence = finding.confidence else { return top + height }
        let y = top + height + 8
        lettering.draw(words.confidence, x: box.x, y: y, size: 15, colour: PictureStyle.secondary, on: &canvas)
        lettering.draw(
            DecimalText.words(percentage: confidence), x: box.right, y: y - 5, size: 22, weight: .bold,
            colour: PictureStyle.text, align: .right, on: &canvas)
        bar(confidence, at: y + 26, height: 12, PictureStyle.bar, on: &canvas)
        return y + 38
    }

    private func bar(_ share: Double, at y: Double, height: Double, _ colour: Colour, on canvas: inout Canvas) {
        let track = PictureLayout.Box(x: box.x, y: y, width: box.width, height: height)
        canvas.fill(layout.pixels(track), PictureStyle.track)
        guard share.isFinite, share > 0 else { return }
        let filled = PictureLayout.Box(x: box.x, y: y, width: max(2, box.width * min(share, 1)), height: height)
        canvas.fill(layout.pixels(filled), colour)
    }

    /// A block of the level's colour with its number and word, and the scale of four levels below it; where nothing is
    /// triaged a grey block in a frame, with a dash, and no scale.
    private func triage(at top: Double, on canvas: inout Canvas, _ lettering: Lettering) -> Double {
        let colours = PictureStyle.colours(finding.triage)
        let block = PictureLayout.Box(x: box.x, y: top, width: box.width, height: 74)
        canvas.fill(layout.pixels(block), colours.fill)
        if finding.triage == nil {
            canvas.frame(
                layout.pixels(block), PictureStyle.secondary, width: max(1, Int((2 * layout.scale).rounded())))
        }
        lettering.draw(
            finding.triage.map { "\($0.rawValue)" } ?? "\u{2013}", x: block.x + 16, y: top + 5, size: 54, weight: .bold,
            colour: colours.text,
            on: &canvas)
        lettering.draw(
            words.triage, x: block.x + 66, y: top + 12, size: 15, colour: colours.text, maxWidth: block.width - 78,
            on: &canvas)
        lettering.draw(
            page.phrases.name(of: finding.triage).uppercased(), x: block.x + 66, y: top + 33, size: 26, weight: .bold,
            colour: colours.text, maxWidth: block.width - 78, on: &canvas)
        guard finding.triage != nil else { return block.bottom }
        let cell = (box.width - 18) / 4
        for level in TriageLevel.allCases {
            let x = box.x + Double(level.rawValue - 1) * (cell + 6)
            let step = PictureLayout.Box(x: x, y: block.bottom + 6, width: cell, height: 8)
            let isThis = level == finding.triage
            canvas.fill(layout.pixels(step), isThis ? PictureStyle.text : PictureStyle.track)
        }
        return block.bottom + 14
    }

    private func probabilities(at top: Double, on canvas: inout Canvas, _ lettering: Lettering) -> Double {
        guard !finding.probabilities.isEmpty else {
            heading(words.noProbabilities, at: top, on: &canvas, lettering)
            return top + 24
        }
        heading(words.probabilities, at: top, on: &canvas, lettering)
        var y = top + 26
        for item in finding.probabilities.prefix(6) {
            let isReported = finding.outcome == .classified(item.name)
            let colour = isReported ? PictureStyle.text : PictureStyle.secondary
            lettering.draw(
                page.phrases.name(of: item.name), x: box.x, y: y, size: 15, weight: isReported ? .bold : .regular,
                colour: colour, maxWidth: box.width - 64, on: &canvas)
            lettering.draw(
                DecimalText.words(percentage: item.probability), x: box.right, y: y, size: 15,
                weight: isReported ? .bold : .regular, colour: colour, align: .right, on: &canvas)
            bar(
                item.probability, at: y + 21, height: 6, isReported ? PictureStyle.bar : PictureStyle.quietBar,
                on: &canvas)
            y += 36
        }
        return y
    }

    private func reasons(
        at top: Double, until bottom: Double, on canvas: inout Canvas, _ lettering: Lettering
    ) -> Double {
        let texts = finding.reasons.map { page.phrases.text(of: $0, for: finding.kind) }
        return list(
            texts, words.reasons, size: 16, mark: PictureStyle.warning, at: top, until: bottom, on: &canvas, lettering)
    }

    private func notAnalysed(
        at top: Double, until bottom: Double, on canvas: inout Canvas, _ lettering: Lettering
    ) -> Double {
        let space = finding.reasons.isEmpty ? 0.0 : 10
        return list(
            page.notAnalysed, words.notAnalysed, size: 15, mark: PictureStyle.secondary, at: top + space,
            until: bottom, on: &canvas, lettering)
    }

    /// As many texts as there is room for; the rest are counted, and stand in the report.
    private func list(
        _ texts: [String], _ name: String, size: Double, mark colour: Colour, at top: Double, until bottom: Double,
        on canvas: inout Canvas, _ lettering: Lettering
    ) -> Double {
        guard !texts.isEmpty else { return top }
        heading(name, at: top, on: &canvas, lettering)
        var y = top + 26
        for (index, text) in texts.enumerated() {
            let lines = lettering.wrap(text, width: box.width - 18, size: size, lines: Self.linesOfAnItem).count
            let isLast = index == texts.count - 1
            guard y + Double(lines) * size * 1.28 + (isLast ? 0 : 22) <= bottom else {
                lettering.draw(
                    "+ \(texts.count - index)", x: box.x + 18, y: y, size: size, colour: PictureStyle.secondary,
                    on: &canvas)
                return y + 22
            }
            canvas.fill(layout.pixels(PictureLayout.Box(x: box.x, y: y + 7, width: 7, height: 7)), colour)
            y +=
                lettering.paragraph(
                    text, x: box.x + 18, y: y, width: box.width - 18, size: size, colour: PictureStyle.text,
                    lines: Self.linesOfAnItem, on: &canvas) + 5
        }
        return y
    }

    static let linesOfAnItem = 3

    /// What the answer leaves open, how often the model is right, and what outlines and activation are not; left out where
    /// reasons need the room.
    private func cautions(
        below top: Double, until bottom: Double, on canvas: inout Canvas, _ lettering: Lettering
    ) {
        let text = page.cautions.joined(separator: " ")
        let lines = lettering.wrap(text, width: box.width, size: 13, lines: 12).count
        let y = bottom - Double(lines) * 16.7 - 4
        guard lines > 0, y > top + 8 else { return }
        lettering.paragraph(
            text, x: box.x, y: y, width: box.width, size: 13, colour: PictureStyle.secondary, lines: 12, on: &canvas)
    }

    /// At the bottom of the panel, so that they stand in the same place on every picture.
    private func measures(_ rows: [MeasureList.Row], on canvas: inout Canvas, _ lettering: Lettering) {
        var y = box.bottom - Double(rows.count) * MeasureList.rowHeight
        guard !rows.isEmpty else { return }
        let rule = PictureLayout.Box(x: box.x, y: y - 9, width: box.width, height: 1)
        canvas.fill(layout.pixels(rule), PictureStyle.rule)
        for row in rows {
            lettering.draw(
                row.name, x: box.x, y: y, size: 15, colour: PictureStyle.secondary,
                maxWidth: box.width - lettering.width(row.value, size: 15) - 10, on: &canvas)
            lettering.draw(
                row.value, x: box.right, y: y, size: 15, colour: PictureStyle.text, align: .right, on: &canvas)
            y += MeasureList.rowHeight
        }
    }

    private func heading(_ text: String, at y: Double, on canvas: inout Canvas, _ lettering: Lettering) {
        lettering.draw(
            text, x: box.x, y: y, size: 15, weight: .bold, colour: PictureStyle.secondary, maxWidth: box.width,
            on: &canvas)
    }
}
