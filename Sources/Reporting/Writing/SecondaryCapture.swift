import DICOM
import DICOMCore
public import Imaging

extension SummaryPicture {
    /// The picture as a Secondary Capture object (PS3.3 A.8.1); Multi-frame True Color (A.8.5) for several pages.
    ///
    /// - Throws: ``ReportingError``.
    public static func object(_ request: ReportRequest, options: PictureOptions = PictureOptions()) throws
        -> ResultObject
    {
        try object(request, pages: render(request, options: options), encoding: options.encoding)
    }

    /// The same from pages that were rendered before.
    public static func object(
        _ request: ReportRequest, pages: [RGBPlane], encoding: PictureOptions.Encoding
    ) throws -> ResultObject {
        guard let first = pages.first, pages.allSatisfy({ $0.width == first.width && $0.height == first.height }) else {
            throw ReportingError.request("its pictures are none, or of different sizes")
        }
        let sopClass = pages.count == 1 ? SecondaryCapture.singleFrame : SecondaryCapture.multiFrameTrueColor
        let phrases = Phrases.of(request.identity.language)
        let key =
            "picture.\(encoding.rawValue).\(first.width).\(phrases.language.value).\(request.characterSet.rawValue)"
        let header = ResultHeader(
            request: request, modality: "OT", sopClassUID: sopClass, sopInstanceUID: request.identity.uid(key),
            seriesInstanceUID: request.identity.uid("series.picture"), seriesNumber: 9902,
            seriesDescription: "Hilum chest summary picture", instanceNumber: 1)
        do {
            let builder = try header.builder()
            try SecondaryCapture(request: request, pages: pages).add(to: builder)
            let part10 = try encode(builder, encoding)
            return ResultObject(
                kind: .picture, sopClassUID: sopClass, sopInstanceUID: header.sopInstanceUID,
                seriesInstanceUID: header.seriesInstanceUID, part10: part10)
        } catch let error as DICOMError {
            throw ReportingError.document(error.description)
        }
    }

    private static func encode(_ builder: DataSetBuilder, _ encoding: PictureOptions.Encoding) throws -> [UInt8] {
        let compression: DataSetBuilder.Compression? =
            switch encoding {
            case .native: nil
            case .rle: .rle
            case .jpegLossless: .jpegLossless
            case .jpegLS: .jpegLS
            }
        guard let compression else { return try builder.part10() }
        try builder.compress(compression)
        return try builder.part10(transferSyntax: compression.transferSyntax)
    }
}

/// The modules of a Secondary Capture image (PS3.3 C.8.6) with its pixels.
struct SecondaryCapture {
    static let singleFrame = UID(known: "1.2.840.10008.5.1.4.1.1.7")
    static let multiFrameTrueColor = UID(known: "1.2.840.10008.5.1.4.1.1.7.4")

    let request: ReportRequest
    let pages: [RGBPlane]

    func add(to builder: DataSetBuilder) throws {
        try builder.set(.conversionType, .text("WSD"))
        try builder.set(.imageType, .texts(["DERIVED", "SECONDARY"]))
        try builder.set(.burnedInAnnotation, .text("YES"))
        try builder.set(.derivationDescription, .text("Summary of an automatic analysis, research use"))
        // Both of type 2C; the picture is of a page, not of a side.
        try builder.set(.laterality, .empty)
        try builder.set(.patientOrientation, .empty)
        try addDevice(to: builder)
        try addSources(to: builder)
        try addPixels(to: builder)
    }

    private func addDevice(to builder: DataSetBuilder) throws {
        let date = request.moment
        try builder.set(.dateOfSecondaryCapture, .text(date.date))
        try builder.set(.timeOfSecondaryCapture, .text(date.time))
        try builder.set(.secondaryCaptureDeviceManufacturer, .text(Product.name))
        try builder.set(.secondaryCaptureDeviceModel, .text(Product.name))
        try builder.set(.secondaryCaptureDeviceSoftware, .text(request.identity.softwareVersion))
    }

    /// What was lossy once stays so (PS3.3 C.7.6.1.1.5).
    private func addSources(to builder: DataSetBuilder) throws {
        let source = request.header.source
        if source.string(.lossyImageCompression) == "01" {
            let tags: [Tag] = [.lossyImageCompression, .lossyImageCompressionRatio, .lossyImageCompressionMethod]
            try builder.copy(tags.filter { source.says($0) }, from: source)
        }
        for image in request.analysedImages {
            let item = try builder.appendItem(to: .sourceImageSequence)
            try item.set(.referencedSOPClassUID, .uid(image.sopClassUID))
            try item.set(.referencedSOPInstanceUID, .uid(image.sopInstanceUID))
            if let frame = image.frame { try item.set(.referencedFrameNumber, .integer(frame)) }
            let purpose = CodedEntry("121322", "DCM", "Source image for image processing operation")
            try item.appendItem(to: .purposeOfReferenceCodeSequence).set(purpose)
        }
    }

    private func addPixels(to builder: DataSetBuilder) throws {
        try builder.set(.samplesPerPixel, .integer(3))
        try builder.set(.photometricInterpretation, .text("RGB"))
        try builder.set(.planarConfiguration, .integer(0))
        try builder.set(.rows, .integer(pages[0].height))
        try builder.set(.columns, .integer(pages[0].width))
        for (tag, bits) in [(Tag.bitsAllocated, 8), (.bitsStored, 8), (.highBit, 7), (.pixelRepresentation, 0)] {
            try builder.set(tag, .integer(bits))
        }
        if pages.count > 1 {
            try builder.set(.numberOfFrames, .integer(pages.count))
            try builder.set(.pageNumberVector, .integers(Array(1...pages.count)))
            // The tag (0018,2001) as AT.
            try builder.set(.frameIncrementPointer, .bytes([0x18, 0x00, 0x01, 0x20]), vr: "AT")
        }
        try builder.setPixelData(pages.flatMap(\.bytes), bitsAllocated: 8)
    }
}
