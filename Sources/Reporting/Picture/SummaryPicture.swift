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
    /// Width and height in pixels.
    public var side: Int
    /// Frames of a CT series at most, 3 MB each at a side of 1024 as pixels and a fifth of it in JPEG-LS.
    public var framesPerSeries: Int

    public init(encoding: Encoding = .jpegLS, side: Int = 1024, framesPerSeries: Int = 8) {
        self.encoding = encoding
        self.side = side
        self.framesPerSeries = framesPerSeries
    }
}

/// The picture that shows a study's result on any viewer: image, outlines, activation, class, triage, reasons, whose
/// it is, who made it.
public enum SummaryPicture {
    /// One picture per radiograph, several per CT series.
    /// - Throws: ``ReportingError/request(_:)`` when there is no finding, or the size is not 512…4096.
    public static func render(_ request: ReportRequest, options: PictureOptions = PictureOptions()) throws -> [RGBPlane]
    {
        guard !request.findings.isEmpty else { throw ReportingError.request("it has no finding") }
        guard (512...4096).contains(options.side), options.framesPerSeries > 0 else {
            throw ReportingError.request("a picture has 512 to 4096 pixels a side and at least one frame")
        }
        let phrases = Phrases.of(request.identity.language)
        return PicturePage.pages(of: request, phrases: phrases, limit: options.framesPerSeries)
            .map { draw($0, side: options.side) }
    }

    private static func draw(_ page: PicturePage, side: Int) -> RGBPlane {
        let layout = PictureLayout(scale: Double(side) / PictureLayout.side)
        let lettering = Lettering(scale: layout.scale)
        var canvas = Canvas(width: side, height: side, background: PictureStyle.background)
        HeaderBand(page: page, layout: layout).draw(on: &canvas, lettering)
        ImagePanel(page: page, layout: layout).draw(on: &canvas, lettering)
        LegendRow(page: page, layout: layout).draw(on: &canvas, lettering)
        FindingPanel(page: page, layout: layout).draw(on: &canvas, lettering)
        FooterBand(page: page, layout: layout).draw(on: &canvas, lettering)
        return canvas.image
    }
}
