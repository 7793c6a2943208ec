import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Imaging

/// Above the image: whose study it is.
struct HeaderBand {
    let page: PicturePage
    let layout: PictureLayout

    func draw(on canvas: inout Canvas, _ lettering: Lettering) {
        let box = layout.header
        let source = page.request.header.source
        let name = PersonName.displayed(source.string(.patientName)) ?? page.phrases.picture.noName
        let right = [source.text(.studyDate).map(Self.date), source.text(.accessionNumber)].compactMap(\.self)
        let rightText = right.joined(separator: " \u{B7} ")
        let rightWidth = min(lettering.width(rightText, size: 18), box.width * 0.4)
        let room = box.width - rightWidth - 24
        let size = lettering.size(for: name, width: room, lines: 1, weight: .bold, among: [28, 24, 20])
        lettering.draw(
            name, x: box.x, y: box.y + (28 - size) / 2, size: size, weight: .bold, colour: PictureStyle.text,
            maxWidth: room, on: &canvas)
        lettering.draw(
            rightText, x: box.right, y: box.y + 6, size: 18, colour: PictureStyle.text, align: .right,
            maxWidth: box.width * 0.4, on: &canvas)
        let description = source.text(.studyDescription) ?? source.text(.seriesDescription) ?? ""
        let number = page.request.identity.revision
        let revision = number > 1 ? "\(page.phrases.picture.revision) \(number)" : ""
        let place = [description, page.source?.modality ?? "", revision].filter { !$0.isEmpty }.joined(
            separator: " \u{B7} ")
        lettering.draw(
            identity(source), x: box.x, y: box.y + 40, size: 17, colour: PictureStyle.secondary,
            maxWidth: box.width * 0.5, on: &canvas)
        lettering.draw(
            place, x: box.right, y: box.y + 40, size: 17, colour: PictureStyle.secondary, align: .right,
            maxWidth: box.width * 0.46, on: &canvas)
        let rule = PictureLayout.Box(x: box.x, y: PictureLayout.headerHeight - 6, width: box.width, height: 1)
        canvas.fill(layout.pixels(rule), PictureStyle.rule)
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

/// Below everything: who made it, when, and what it is not.
struct FooterBand {
    let page: PicturePage
    let layout: PictureLayout

    func draw(on canvas: inout Canvas, _ lettering: Lettering) {
        let box = layout.footer
        let rule = PictureLayout.Box(x: box.x, y: box.y - 4, width: box.width, height: 1)
        canvas.fill(layout.pixels(rule), PictureStyle.rule)
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
