import Diagnosis
import Foundation
import Imaging

/// Random patches of a radiograph's lung box for the classifier (method §5). Everything up to the box is inference's own
/// code with changed lungs; then one sampling straight from the box.
struct PatchAugmentation: Sendable {
    /// As inference cuts the box, save for what is drawn here.
    var box: LungBoxSettings
    /// Of a patch in the box's square.
    var patchSide: Int
    /// How far beyond the mask pixels are kept, as a share of the box's longer side.
    var dilation: ClosedRange<Float> = 0...0.06
    /// Share of the samples whose mask gets holes, how many, and their radii as shares of the image's longer side.
    var holesShare: Float = 0.3
    var mostHoles = 3
    var holes: ClosedRange<Float> = 0.02...0.1
    /// Share of the samples that are shrunk and enlarged again, and the smallest size.
    var resamplingShare: Float = 0.5
    var smallest: Float = 0.5
    /// Factor of the patch's side.
    var scale: ClosedRange<Float> = 0.85...1.15
    /// To either side: degrees, natural logarithm, columns for a row.
    var angle: Float = 10
    var aspect: Float = 0.08
    var shear: Float = 0.08
    var flips: Float = 0.5
    var grey = GreyAugmentation()

    /// Grey levels of 0…255, `side × side`; nil where the labels hold too little lung.
    func sample(_ image: PreparedImage, side: Int, _ stream: inout RandomStream) -> [Float]? {
        guard let box = randomBox(image, &stream) else { return nil }
        let extent = stream.uniform(scale) * Float(patchSide)
        let lung = lungPixel(of: box.mask, &stream)
        let width = Float(box.grey.width)
        // The patch stays inside the box, as inference's do.
        let margin = min(extent, width) / 2
        let view = AffineView(
            side: side,
            centre: (min(max(lung.x, margin), width - margin), min(max(lung.y, margin), width - margin)),
            extent: extent, angle: stream.uniform(-angle...angle) * .pi / 180,
            aspect: exp(stream.uniform(-aspect...aspect)), shear: stream.uniform(-shear...shear),
            flipped: stream.chance(flips))
        var values = view.values(of: box.grey)
        grey.apply(to: &values, side: side, &stream)
        return values
    }

    /// With lungs that a segmentation might have found as well.
    private func randomBox(_ image: PreparedImage, _ stream: inout RandomStream) -> LungBox? {
        var settings = box
        settings.dilation = Double(stream.uniform(dilation))
        let labels = image.labels.plane
        var grey = image.grey
        if stream.chance(resamplingShare) { grey = grey.resampled(smallest: smallest, &stream) }
        if stream.chance(holesShare) {
            let holed = withHoles(labels, &stream)
            if let box = LungBox(analysisImage: grey, labels: holed, settings: settings) { return box }
        }
        return LungBox(analysisImage: grey, labels: labels, settings: settings)
    }

    /// Elliptical holes around lung pixels.
    private func withHoles(_ labels: LabelPlane, _ stream: inout RandomStream) -> LabelPlane {
        var holed = labels
        let longer = Float(max(labels.width, labels.height))
        for _ in 0..<1 + stream.index(below: mostHoles) {
            let centre = lungPixel(of: labels, &stream)
            let (wide, high) = (stream.uniform(holes) * longer, stream.uniform(holes) * longer)
            for row in max(0, Int(centre.y - high))..<max(0, min(labels.height, Int(centre.y + high) + 1)) {
                let down = (Float(row) + 0.5 - centre.y) / high
                guard abs(down) < 1 else { continue }
                let half = wide * (1 - down * down).squareRoot()
                let left = max(0, Int(centre.x - half))
                for column in left..<max(left, min(labels.width, Int(centre.x + half) + 1)) {
                    holed.pixels[row * labels.width + column] = 0
                }
            }
        }
        return holed
    }

    /// The upper left corner of a pixel above 0, all equally probable: what inference's patches lie around. The middle of
    /// an empty mask.
    private func lungPixel(of mask: Mask, _ stream: inout RandomStream) -> (x: Float, y: Float) {
        var index: Int?
        for _ in 0..<64 where index == nil {
            let place = stream.index(below: mask.pixels.count)
            if mask.pixels[place] != 0 { index = place }
        }
        if index == nil {
            let inside = mask.pixels.indices.filter { mask.pixels[$0] != 0 }
            if !inside.isEmpty { index = inside[stream.index(below: inside.count)] }
        }
        let found = index ?? mask.height / 2 * mask.width + mask.width / 2
        return (Float(found % mask.width), Float(found / mask.width))
    }
}
