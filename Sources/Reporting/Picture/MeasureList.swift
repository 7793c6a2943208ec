import Diagnosis

/// The measures that the picture names.
struct MeasureList {
    struct Row: Hashable {
        let name: String
        let value: String
    }

    static let rowHeight = 23.0

    let page: PicturePage

    var rows: [Row] {
        let words = page.phrases.picture
        let finding = page.finding
        var rows = LungSide.allCases.compactMap { side in
            page.lungs.first { $0.side == side }.map { lung in
                Row(name: "\(words.lungArea) \(side == .right ? "R" : "L")", value: area(lung))
            }
        }
        if let volume = finding.lungVolume {
            rows.append(Row(name: words.lungVolume, value: "\(DecimalText.words(whole: volume)) mL"))
        }
        if finding.lungVolumeIsComplete == false {
            rows.append(Row(name: words.lungVolume, value: words.slicesMissing))
        }
        if let share = finding.involvement {
            rows.append(Row(name: words.involvement, value: DecimalText.words(percentage: share)))
        }
        if let share = finding.activationShare {
            rows.append(Row(name: words.activationShare, value: DecimalText.words(percentage: share)))
        }
        if let agreement = finding.agreement {
            let name = finding.kind == .ct ? words.agreementOfSlices : words.agreementOfPatches
            rows.append(Row(name: name, value: DecimalText.words(percentage: agreement)))
        }
        if let grade = finding.quality?.grade {
            rows.append(Row(name: words.quality, value: page.phrases.qualityGrades[grade] ?? grade.rawValue))
        }
        return rows
    }

    /// In cm² where the spacing is known, else as a share of the image.
    private func area(_ lung: LungRegion) -> String {
        guard let area = lung.area else {
            return page.phrases.picture.shareOfImage(DecimalText.words(percentage: lung.share))
        }
        return "\(DecimalText.words(whole: area / 100)) cm\u{B2}"
    }
}
