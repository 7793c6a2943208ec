import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Imaging
import Reporting

extension StudyAnalyzer {
    /// A finding of a CT series, and those of its images that took no part.
    typealias SeriesFinding = (finding: ReportedFinding, leftOut: [ImageSelection.NotChosen])

    /// - Throws: `StudiesError.geometry` when fewer than 8 slices are left, `DICOMError` for an unreadable object.
    func analyse(series headers: [ImageHeader], _ stages: inout Stages) throws -> SeriesFinding {
        for header in headers { try limits.check(header) }
        let stack = try SliceStack(headers)
        var leftOut = stack.leftOut
        var slices: [CTSlice] = []
        var positions: [Double] = []
        var sources: [SourceImage] = []
        let chosen = stack.thinned(toPixels: limits.pixelsPerSeries)
        var reader = SliceReader(settings: pipeline.bundle.configuration.analysis)
        for place in chosen {
            do {
                slices.append(try stages.measure(.decode) { try reader.slice(place) })
                let frame = place.header.frames > 1 ? place.frame + 1 : nil
                sources.append(SourceImage(place.header, frame: frame, height: place.plane?.position.z))
                if let position = place.position { positions.append(position) }
            } catch let error as DICOMError where !error.endsWork {
                leftOut.append(.init(header: place.header, reason: .undecodable("\(error)")))
            }
        }
        guard slices.count >= CTRules.leastSlices, let first = headers.first else {
            let why = leftOut.first.map { ", \($0.reason)" } ?? ""
            throw StudiesError.geometry("only \(slices.count) slices of the series can be used\(why)")
        }
        let analysis = try pipeline.analyse(
            CTInput(
                slices: slices, spacing: first.spacing,
                positions: positions.count == slices.count ? positions : nil, thickness: first.slice?.thickness,
                stated: first.stated))
        let displays = analysis.images.map { ($0.index, slices[$0.index].grey) }
        let shown = displays.isEmpty ? [(slices.count / 2, slices[slices.count / 2].grey)] : displays
        let finding = ReportedFinding(
            finding: analysis.finding, sources: sources, analysis: analysis,
            displays: Dictionary(shown) { first, _ in first })
        return (finding, leftOut)
    }
}

/// A series' slices in the order of geometry (method §8).
struct SliceStack {
    /// One slice.
    struct Place {
        let header: ImageHeader
        /// From 0.
        let frame: Int
        let plane: SlicePlane?
        /// Along the normal, in mm.
        var position: Double?
    }

    /// Frames of one series at most; comparing their positions takes time that grows with the square.
    static let mostFrames = 8192

    private(set) var places: [Place] = []
    private(set) var leftOut: [ImageSelection.NotChosen] = []

    init(_ headers: [ImageHeader]) throws {
        var all: [Place] = []
        for header in headers {
            guard all.count + header.frames <= Self.mostFrames else {
                throw StudiesError.tooLarge(
                    what: "frames of a series", asked: all.count + header.frames, allowed: Self.mostFrames)
            }
            if header.frames <= 1, let plane = header.slice?.plane {
                all.append(Place(header: header, frame: 0, plane: plane))
                continue
            }
            let dataSet = try DataSet(contentsOf: header.file)
            all += (0..<max(1, header.frames)).map {
                Place(header: header, frame: $0, plane: dataSet.slicePlane(frame: $0))
            }
        }
        let geometry = SeriesGeometry(
            all.map { SeriesGeometry.Slice(plane: $0.plane, instanceNumber: $0.header.instanceNumber) })
        places = geometry.order.map { all[$0] }
        for (index, position) in geometry.positions.enumerated() { places[index].position = position }
        leftOut = geometry.excluded.sorted { $0.key < $1.key }.map { index, exclusion in
            ImageSelection.NotChosen(header: all[index].header, reason: NotChosenReason(exclusion))
        }
    }

    /// Every n-th slice, so that all of them together stay within so many pixels.
    func thinned(toPixels limit: Int) -> [Place] {
        let perSlice = places.map { $0.header.rows * $0.header.columns }.max() ?? 1
        let most = max(CTRules.leastSlices, limit / max(1, perSlice))
        let step = (places.count + most - 1) / max(1, most)
        return step > 1 ? places.indices.filter { $0 % step == step / 2 }.map { places[$0] } : places
    }
}

/// Decodes slices: Hounsfield units and the lung window (method §1).
private struct SliceReader {
    let settings: BundleConfiguration.AnalysisSettings
    /// The object that was read last: the next frame is often in it too.
    private var last: (file: URL, dataSet: DataSet)?

    init(settings: BundleConfiguration.AnalysisSettings) {
        self.settings = settings
    }

    private mutating func open(_ file: URL) throws -> DataSet {
        if let last, last.file == file { return last.dataSet }
        let dataSet = try DataSet(contentsOf: file)
        last = (file, dataSet)
        return dataSet
    }

    mutating func slice(_ place: SliceStack.Place) throws -> CTSlice {
        let dataSet = try open(place.header.file)
        let (width, height) = (place.header.columns, place.header.rows)
        let values = try dataSet.hounsfieldFrame(place.frame)
        guard values.count == width * height else {
            throw DICOMError.inconsistent(why: "a frame has \(values.count) pixels where \(width * height) belong")
        }
        var hounsfield = Plane<Int16>(width: width, height: height, pixels: values)
        if dataSet.contains(.pixelPaddingValue), let valid = try valid(place, dataSet) {
            for pixel in valid.indices where valid[pixel] == 0 { hounsfield.pixels[pixel] = Self.air }
        }
        // LINEAR (PS3.3 C.11.2.1.2.1) as the two values that become black and white.
        let centre = settings.lungWindowCentre - 0.5
        let half = (settings.lungWindowWidth - 1) / 2
        let grey = Windowing.grey(hounsfield, low: Float(centre - half), high: Float(centre + half))
        return CTSlice(hounsfield: hounsfield, grey: grey)
    }

    private static let air: Int16 = -1024

    private func valid(_ place: SliceStack.Place, _ dataSet: DataSet) throws -> [UInt8]? {
        let valid = try dataSet.displayFrame(place.frame, window: .lung).valid
        return valid.flatMap { $0.count == place.header.rows * place.header.columns ? $0 : nil }
    }
}

extension NotChosenReason {
    init(_ exclusion: SeriesGeometry.Exclusion) {
        switch exclusion {
        case .localizer: self = .localizer
        case .noPosition: self = .noPosition
        case .otherOrientation: self = .otherStack
        case .duplicate: self = .samePosition
        }
    }
}

extension ImageHeader.SliceFacts {
    var plane: SlicePlane? {
        guard orientation.count == 6, position.count == 3 else { return nil }
        return SlicePlane(
            position: PatientVector(x: position[0], y: position[1], z: position[2]),
            rowDirection: PatientVector(x: orientation[0], y: orientation[1], z: orientation[2]),
            columnDirection: PatientVector(x: orientation[3], y: orientation[4], z: orientation[5]))
    }
}
