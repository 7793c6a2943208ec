import Imaging
import Testing

@testable import Learning

@Suite struct LungAgreementTests {
    static func plane(_ rows: [[UInt8]]) -> LabelPlane {
        LabelPlane(width: rows[0].count, height: rows.count, pixels: rows.flatMap(\.self))
    }

    static func agreement(
        _ labels: [[UInt8]], _ mask: [[UInt8]], _ convention: LungConvention = .heartLeftOut, group: String = "g"
    ) throws -> LungAgreement {
        try #require(
            LungAgreement(
                path: "p", source: "s", group: group, convention: convention, labels: plane(labels), mask: plane(mask)))
    }

    @Test("IoU, pixel accuracy and means over the labels are scikit-learn's")
    func agreesWithScikit() throws {
        let pixels = try MetricsFixture.load().pixels
        let one = try Self.agreement(pixels.labels, pixels.mask)
        #expect(close(one.right, pixels.iou[0]) && close(one.left, pixels.iou[1]))
        let summary = LungSummary([one], resamples: 10)
        #expect(close(summary.iou.right, pixels.iou[0]) && close(summary.pixelAccuracy, pixels.accuracy))
        #expect(close(summary.macroPrecision, pixels.macro[0]) && close(summary.macroRecall, pixels.macro[1]))
        #expect(close(summary.macroF1, pixels.macro[2]))
    }

    @Test("Where masks include the heart, background inside them is neither right nor wrong")
    func undisputed() throws {
        // Of the mask's lungs (3 + 2 pixels) we call 2 and 1 lung, one of them by the wrong side; one lies outside.
        let one = try Self.agreement(
            [[0, 1, 2, 0], [0, 0, 2, 1]],
            [[0, 1, 1, 1], [0, 2, 2, 0]], .heartIncluded)
        let part = LungSummary([one], resamples: 1)
        let undisputed = try #require(part.perConvention["heart included"]?.undisputed)
        #expect(close(undisputed.outside, 2.0 / 3))
        #expect(close(undisputed.inside, 2.0 / 4))
        #expect(close(undisputed.pixelAccuracy, 4.0 / 6))
        #expect(close(undisputed.covered, 2.0 / 5))
    }

    @Test("The headline is about masks without the heart; the others are stated apart")
    func headline() throws {
        let good = try Self.agreement([[1, 2]], [[1, 2]])
        let bad = try Self.agreement([[0, 0]], [[1, 2]], .heartIncluded)
        let both = LungSummary([good, bad], resamples: 10)
        #expect(both.images == 1 && both.iou.right == 1 && both.convention == .heartLeftOut)
        #expect(both.perConvention["heart included"]?.iou.right == 0)
        #expect(LungSummary([bad], resamples: 10).convention == .heartIncluded)
    }

    @Test("Planes of different sizes agree in nothing")
    func sizes() {
        #expect(
            LungAgreement(
                path: "", source: "", group: "", convention: .heartLeftOut, labels: Self.plane([[0, 0]]),
                mask: Self.plane([[0]])) == nil)
    }
}
