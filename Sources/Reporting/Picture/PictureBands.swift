import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Imaging

/// Above the image: whose study it is. In the middle, since viewers write over the corners.
struct HeaderBand {
    let page: PicturePage
    let layout: PictureLayout

    func draw(on canvas: inout Canvas, _ lettering: Lettering) {
        let box = layout.header
        let source = page.request.header.source
        let middle = box.x + box.width / 2
        let room = box.width - 2 * PictureLayout.cornerWidth
        let name = PersonName.displayed(source.string(.patientName)) ?? page.phrases.picture.noName
        let size = lettering.size(for: name, width: room, lines: 1, weight: .bold, among: [28, 24, 20])
        lettering.draw(
            name, x: middle, y: box.y - 4 + (28 - size) / 2, size: size, weight: .bold, colour: PictureStyle.text,
            align: .centre, maxWidth: room, on: &canvas)
        for (number, text) in [identity(source), study(source)].enumerated() {
            lettering.draw(
                text, x: middle, y: box.y + 32 + 22 * Double(number), size: 16, colour: PictureStyle.text,
                align: .centre, maxWidth: room, on: &canvas)
        }
        let rule = PictureLayout.Box(x: box.x, y: PictureLayout.headerHeight - 2, width: box.width, height: 1)
        canvas.fill(layout.pixels(rule), PictureStyle.rule)
    }

    /// When it was taken, what it is, and that it is not the first answer.
    private func study(_ source: DataSet) -> String {
        let number = page.request.identity.revision
        let parts = [
            source.text(.studyDate).map(Self.date), source.text(.accessionNumber),
            source.text(.studyDescription) ?? source.text(.seriesDescription), page.source?.modality,
            number > 1 ? "\(page.phrases.picture.revision) \(number)" : nil,
        ]
        return parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " \u{B7} ")
    }

    private func identity(_ source: DataSet) -> String {
        let born = source.text(.patientBirthDate).map { "\(page.phrases.picture.born) \(Self.date($0))" }
        let parts = [source.text(.patientID).map { "ID \($0)" }, born, source.text(.patientSex)]
        return parts.compactMap(\.self).joined(separator: " \u{B7} ")
    }

    /// A DICOM date (VR DA) as `2026-11-23`; anything else as it stands.
    private static func date(_ text: String) -> String {
        let digits = text.filter { $0 != "." }
        guard digits.count == 8, digits.allSatisfy(\.isASCIIDigit) else { return text }
        return "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))"
    }
}

/// Below everything: who made it, when, and what it is not. Between the corners, which viewers write over.
struct FooterBand {
    let page: PicturePage
    let layout: PictureLayout

    func draw(on canvas: inout Canvas, _ lettering: Lettering) {
        let band = layout.footer
        let rule = PictureLayout.Box(x: band.x, y: band.y - 4, width: band.width, height: 1)
        canvas.fill(layout.pixels(rule), PictureStyle.rule)
        let box = PictureLayout.Box(
            x: band.x + PictureLayout.cornerWidth, y: band.y, width: band.width - 2 * PictureLayout.cornerWidth,
            height: band.height)
        let notice = page.phrases.picture.research
        let noticeWidth = lettering.width(notice, size: 17, weight: .bold) + 28
        let plate = PictureLayout.Box(x: box.right - noticeWidth, y: box.y + 6, width: noticeWidth, height: 36)
        canvas.frame(layout.pixels(plate), PictureStyle.warning, width: max(1, Int((1.6 * layout.scale).rounded())))
        lettering.draw(
            notice, x: plate.x + 14, y: plate.y + 7, size: 17, weight: .bold, colour: PictureStyle.warning,
            on: &canvas)
        let bundle = page.finding.bundle
        let room = box.width - noticeWidth - 20
        let version = page.request.identity.softwareVersion
        lettering.draw(
            "\(Product.name) \(version) \u{B7} \(bundle.name) \(bundle.version)", x: box.x, y: box.y + 5, size: 16,
            colour: PictureStyle.text, maxWidth: room, on: &canvas)
        lettering.draw(
            "\(page.phrases.picture.made) \(page.request.moment.readable) \u{B7} sha256 \(bundle.digest.prefix(16))",
            x: box.x,
            y: box.y + 26, size: 14, colour: PictureStyle.secondary, maxWidth: room, on: &canvas)
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
