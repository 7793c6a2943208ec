import ArgumentParser
import Crypto
import DICOM
import DICOMCore
import Foundation
import Imaging

/// `hilum decode`: what the decoders make of one object.
struct DecodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Decode a DICOM image and print its shape, type and digest.",
        discussion: """
            The digest is the SHA-256 of all frames' stored values: little endian, row by row, colour by pixel, signed \
            values extended from Bits Stored, before any modality or display transformation.
            """)

    @Argument(help: "A DICOM file.")
    var file: String

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: "Write the displayed frame as a PNG file.")
    var png: String?

    @Option(help: "Write all frames' stored values, as the digest takes them.")
    var raw: String?

    @Option(help: "Which frame --png shows, from 1.")
    var frame = 1

    func run() async throws {
        do {
            let dataSet = try DataSet(contentsOf: file)
            let summary = try Summary(file, dataSet)
            if json { try JSONLine.print(summary) } else { print(summary.text) }
            if let raw { try writeRaw(dataSet, to: raw) }
            if let png { try writePNG(dataSet, to: png) }
        } catch let error as DICOMError {
            throw Refusal(file: file, reason: error)
        }
    }

    private func writeRaw(_ dataSet: DataSet, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let output = FileHandle(forWritingAtPath: path)
        else { throw ValidationError("\(path) can't be written") }
        try dataSet.forEachFrame { output.write(Data($0.bytes)) }
    }

    private func writePNG(_ dataSet: DataSet, to path: String) throws {
        let display = try dataSet.displayFrame(frame - 1)
        if let rgb = display.rgb {
            try ImageFile.writePNG(RGBPlane(width: display.width, height: display.height, bytes: rgb), to: path)
        } else {
            try ImageFile.writePNG(
                GreyPlane(width: display.width, height: display.height, pixels: display.grey), to: path)
        }
    }

    private struct Refusal: Error, CustomStringConvertible {
        let file: String
        let reason: DICOMError

        var description: String {
            if case .unreadable(.file(_, _)) = reason { return reason.description }
            return "\(file): \(reason)"
        }
    }
}

extension DecodeCommand {
    struct Summary: Encodable {
        var path: String
        var rows: Int
        var columns: Int
        var frames: Int
        var samples: Int
        var dtype: String
        var photometricInterpretation: String
        var transferSyntax: String
        var transferSyntaxName: String
        var sha256: String

        init(_ path: String, _ dataSet: DataSet) throws(DICOMError) {
            let image = try dataSet.image
            var digest = SHA256()
            var photometric = image.photometricInterpretation
            var frames = 0
            try dataSet.forEachFrame { frame in
                digest.update(data: frame.bytes)
                photometric = frame.photometricInterpretation
                frames += 1
            }
            self.path = path
            rows = image.rows
            columns = image.columns
            self.frames = frames
            samples = image.samples
            dtype = image.type.rawValue
            photometricInterpretation = photometric.rawValue
            transferSyntax = dataSet.transferSyntax.uid.string
            transferSyntaxName = dataSet.transferSyntax.name
            sha256 = digest.finalize().map { String(format: "%02x", $0) }.joined()
        }

        var text: String {
            """
            \(path)
              \(columns) x \(rows) pixels, \(frames) frame\(frames == 1 ? "" : "s"), \
            \(samples) sample\(samples == 1 ? "" : "s"), \(dtype)
              photometric interpretation  \(photometricInterpretation)
              transfer syntax             \(transferSyntaxName) (\(transferSyntax))
              sha256                      \(sha256)
            """
        }
    }
}
