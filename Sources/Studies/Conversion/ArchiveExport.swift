import DICOM
import DICOMCore
import Diagnosis
public import Foundation
import Imaging
import Workflow

/// How an archive's frames become pictures.
public struct ExportOptions: Codable, Hashable, Sendable {
    public enum Format: String, Codable, CaseIterable, Sendable {
        case png
        case jpeg

        var fileExtension: String { self == .png ? "png" : "jpg" }
    }

    /// What pictures are called.
    public enum Names: String, Codable, CaseIterable, Sendable {
        /// Keyed hashes, in a folder for each patient: paths of archives are often people's names.
        case keyed
        /// As their sources.
        case source
    }

    public enum Window: Codable, Hashable, Sendable {
        /// The object's first VOI LUT or window, else percentiles; the lung window for CT (method §1).
        case automatic
        case lung
        case stated(center: Double, width: Double)
    }

    public var format: Format
    /// 1…100, JPEG only.
    public var quality: Int
    public var window: Window
    /// Pixels of the longer side at most; nil keeps the matrix.
    public var longSide: Int?
    public var names: Names

    public init(
        format: Format = .png, quality: Int = 95, window: Window = .automatic, longSide: Int? = nil,
        names: Names = .keyed
    ) {
        self.names = names
        self.format = format
        self.quality = quality
        self.window = window
        self.longSide = longSide
    }
}

/// Writes a DICOM object's frames as window-levelled pictures, with a manifest row each.
public struct ArchiveExport: Sendable {
    public let options: ExportOptions
    public let output: URL
    let pseudonym: Pseudonym
    private let limits: StudyLimits
    var read: @Sendable (URL) throws -> DataSet = { try DataSet(contentsOf: $0) }

    /// - Parameter output: the folder below which pictures are written.
    /// - Throws: `StudiesError.invalidOption`.
    public init(
        _ options: ExportOptions, output: URL, pseudonym: Pseudonym, limits: StudyLimits = StudyLimits()
    ) throws {
        guard (1...100).contains(options.quality) else {
            throw StudiesError.invalidOption(name: "quality", value: "\(options.quality)", allowed: "1 to 100")
        }
        if let longSide = options.longSide, !(16...65535).contains(longSide) {
            throw StudiesError.invalidOption(name: "size", value: "\(longSide)", allowed: "16 to 65535 pixels")
        }
        if case .stated(let center, let width) = options.window, Window(center: center, width: width) == nil {
            throw StudiesError.invalidOption(
                name: "window", value: "\(center),\(width)", allowed: "a centre and a width of at least 1")
        }
        self.options = options
        self.output = output
        self.pseudonym = pseudonym
        self.limits = limits
    }

    /// - Parameters:
    ///   - sourceName: the file's path below its archive.
    ///   - name: of the picture below the output folder, without its ending, where pictures are called as their sources.
    /// - Returns: a row per frame; none for an object without pixels and for Hilum's own.
    /// - Throws: `DICOMError`, `StudiesError`, `ImagingError` when a frame can't be made a picture.
    public func export(_ file: URL, sourceName: String, name: String) throws -> [ExportRow] {
        let dataSet = try read(file)
        guard dataSet.metaInformation?.sopClassUID != .mediaStorageDirectory else {
            throw StudiesError.fileSetDirectory
        }
        guard let header = ImageHeader(dataSet, file: file) else {
            throw StudiesError.incomplete("it lacks a SOP class, instance, study or series UID")
        }
        // Hilum's own summary pictures bear the patient's name, and are no images of a patient.
        guard header.hasPixels, !header.provenance(ownDeviceUID: nil).isOurs else { return [] }
        try limits.check(header)
        let image = try dataSet.image
        let patient = pseudonym.of(
            patientID: dataSet.string(.patientID) ?? "", issuer: dataSet.string(.issuerOfPatientID) ?? "")
        let keyed = pseudonym.of(path: sourceName)
        let (source, stem) =
            switch options.names {
            case .source: (sourceName, name)
            case .keyed: (keyed, "\(patient.isEmpty ? "no-id" : patient)/\(keyed)")
            }
        return try (0..<image.frames).map { frame in
            let ending = image.frames == 1 ? "" : "-f\(String(frame + 1).leftPadded(to: 4))"
            return try export(
                dataSet, header, frame, patient: patient, sourceName: source,
                path: "\(stem)\(ending).\(options.format.fileExtension)")
        }
    }

    private func export(
        _ dataSet: DataSet, _ header: ImageHeader, _ frame: Int, patient: String, sourceName: String, path: String
    ) throws -> ExportRow {
        let (choice, window) = window(dataSet, header, frame)
        let bytes = try encode(try dataSet.displayFrame(frame, window: choice))
        try output.write(Data(bytes.picture), below: path)
        return ExportRow(
            path: path, patient: patient, originalWidth: header.columns, originalHeight: header.rows,
            sha256: Digest.sha256(Data(bytes.picture)),
            sourceFile: sourceName, sopInstanceUID: pseudonym.of(header.sopInstanceUID).string,
            seriesInstanceUID: pseudonym.of(header.seriesInstanceUID).string,
            studyInstanceUID: pseudonym.of(header.studyInstanceUID).string,
            modality: header.modality, view: header.stated.view ?? "", bodyPart: header.stated.bodyPart ?? "",
            frame: frame + 1, rows: bytes.height, columns: bytes.width, window: window)
    }

    private func encode(_ frame: DisplayFrame) throws -> (picture: [UInt8], width: Int, height: Int) {
        let longSide = max(frame.width, frame.height)
        let scale = options.longSide.map { min(1, Double($0) / Double(longSide)) } ?? 1
        let width = max(1, Int((Double(frame.width) * scale).rounded()))
        let height = max(1, Int((Double(frame.height) * scale).rounded()))
        if let rgb = frame.rgb, scale == 1 {
            let plane = RGBPlane(width: frame.width, height: frame.height, bytes: rgb)
            let bytes =
                switch options.format {
                case .png: try ImageFile.encodePNG(plane)
                case .jpeg: try ImageFile.encodeJPEG(plane, quality: options.quality)
                }
            return (bytes, width, height)
        }
        let plane = GreyPlane(width: frame.width, height: frame.height, pixels: frame.grey)
            .resized(width: width, height: height)
        let bytes =
            switch options.format {
            case .png: try ImageFile.encodePNG(plane)
            case .jpeg: try ImageFile.encodeJPEG(plane, quality: options.quality)
            }
        return (bytes, width, height)
    }

    /// The window to use, and how the manifest says it.
    private func window(_ dataSet: DataSet, _ header: ImageHeader, _ frame: Int) -> (WindowChoice, String) {
        switch options.window {
        case .stated(let center, let width):
            guard let window = Window(center: center, width: width) else { return (.automatic, "automatic") }
            return (.window(window), window.text)
        case .lung: return (.lung, Window.lung.text)
        case .automatic where header.imageKind == .ct: return (.lung, Window.lung.text)
        case .automatic:
            if !dataSet.voiLookupTables().isEmpty { return (.automatic, "VOI LUT") }
            return (.automatic, dataSet.windows(frame: frame).first?.text ?? "percentiles 0.5 99.5")
        }
    }
}

extension Window {
    /// As manifests say it: function, centre, width.
    fileprivate var text: String { "\(function.rawValue) \(center) \(width)" }
}

extension String {
    fileprivate func leftPadded(to length: Int) -> String {
        String(repeating: "0", count: max(0, length - count)) + self
    }
}
