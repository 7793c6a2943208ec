public import Foundation
import Imaging

/// Writes reports: a page and its figures as SVG and PNG.
public struct ReportFiles: Sendable {
    /// Why a report can't be written.
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: URL

    /// - Parameter folder: made when it is missing.
    public init(folder: URL) throws {
        self.folder = folder
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw Self.problem(folder, error)
        }
    }

    /// `classes.html`, `classes-confusion` and `classes-reliability`, each as SVG and PNG.
    /// - Returns: the page's path.
    public func write(_ report: ClassificationReport, name: String = "classes") throws -> String {
        try write(report.confusion, name: name + "-confusion")
        try write(report.reliability, name: name + "-reliability")
        return try write(Data(report.html.utf8), to: name + ".html")
    }

    /// - Returns: the page's path.
    public func write(_ report: LungReport, name: String = "lungs") throws -> String {
        try write(Data(report.html.utf8), to: name + ".html")
    }

    /// `training.html`, `training-curves` as SVG and PNG.
    /// - Returns: the page's path.
    public func write(_ report: TrainingReport, name: String = "training") throws -> String {
        try write(report.curves, name: name + "-curves")
        return try write(Data(report.html.utf8), to: name + ".html")
    }

    /// - Returns: the page's path.
    public func write(_ report: TrialReport, name: String = "trials") throws -> String {
        try write(Data(report.html.utf8), to: name + ".html")
    }

    private func write(_ figure: Figure, name: String) throws {
        try write(Data((figure.svg + "\n").utf8), to: name + ".svg")
        try write(Data(ImageFile.encodePNG(figure.picture())), to: name + ".png")
    }

    @discardableResult
    private func write(_ data: Data, to name: String) throws -> String {
        let file = folder.appending(path: name)
        do {
            try data.write(to: file, options: .atomic)
        } catch {
            throw Self.problem(file, error)
        }
        return file.path
    }

    private static func problem(_ file: URL, _ error: any Error) -> Problem {
        Problem(
            description:
                "\(file.path): can't be written (\(error.localizedDescription)), check the folder and the free "
                + "space")
    }
}
