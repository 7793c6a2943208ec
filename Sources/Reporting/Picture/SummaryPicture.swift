public import Imaging

/// How the picture is made.
public struct PictureOptions: Hashable, Sendable {
    /// How pixels are stored, always without loss. Delivery decodes them for a peer that does not take the transfer syntax.
    public enum Encoding: String, Codable, CaseIterable, Sendable {
        case native, rle
        case jpegLossless = "jpeg_lossless"
        case jpegLS = "jpeg_ls"
    }

    public var encoding: Encoding
    /// In pixels; the width is 1.63 times that.
    public var height: Int
    /// Frames of a CT series at most, 5 MB each at a height of 1024 as pixels and a seventh of it in JPEG-LS.
    public var framesPerSeries: Int

    public init(encoding: Encoding = .jpegLS, height: Int = 1024, framesPerSeries: Int = 8) {
        self.encoding = encoding
        self.height = height
        self.framesPerSeries = framesPerSeries
    }
}

/// The picture that shows a study's result on any viewer: the image, the same with outlines and activation, class,
/// triage, reasons, whose it is, who made it.
public enum SummaryPicture {
    /// One picture per radiograph, several per CT series.
    /// - Throws: ``ReportingError/request(_:)`` when there is no finding, or the height is not 512…4096.
    public static func render(_ request: ReportRequest, options: PictureOptions = PictureOptions()) throws -> [RGBPlane]
    {
        guard !request.findings.isEmpty else { throw ReportingError.request("it has no finding") }
        guard (512...4096).contains(options.height), options.framesPerSeries > 0 else {
            throw ReportingError.request("a picture is 512 to 4096 pixels high and has at least one frame")
        }
        let phrases = Phrases.of(request.identity.language)
        return PicturePage.pages(of: request, phrases: phrases, limit: options.framesPerSeries)
            .map { draw($0, height: options.height) }
    }

    private static func draw(_ page: PicturePage, height: Int) -> RGBPlane {
        let layout = PictureLayout(scale: Double(height) / PictureLayout.height)
        let lettering = Lettering(scale: layout.scale)
        var canvas = Canvas(
            width: Int((PictureLayout.width * layout.scale).rounded()), height: height,
            background: PictureStyle.background)
        HeaderBand(page: page, layout: layout).draw(on: &canvas, lettering)
        ImagePanel(page: page, layout: layout, box: layout.clean, isMarked: false).draw(on: &canvas, lettering)
        ImagePanel(page: page, layout: layout, box: layout.image, isMarked: true).draw(on: &canvas, lettering)
        LegendRow(page: page, layout: layout).draw(on: &canvas, lettering)
        FindingPanel(page: page, layout: layout).draw(on: &canvas, lettering)
        FooterBand(page: page, layout: layout).draw(on: &canvas, lettering)
        return canvas.image
    }
}
