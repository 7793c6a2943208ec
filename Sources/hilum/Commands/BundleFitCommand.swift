import ArgumentParser
import Diagnosis
import Foundation
import Imaging

/// `hilum bundle fit`: temperature, thresholds and texture domains from labelled images, as lines for `bundle.yaml`
/// and `texture-profiles.yaml`. Hidden: it is run once for a bundle, by whoever makes it.
struct BundleFitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Fit a bundle's thresholds to labelled images.", shouldDisplay: false)

    @Option(help: "A CSV file with the columns path, class, source and split; paths are relative to its folder.")
    var manifest: String

    @Option(help: "The bundle's folder; without it, the one that analyses use.")
    var bundle: String?

    @Option(help: "The split to fit thresholds to.")
    var split = "val"

    @Option(help: "Sources to leave out.")
    var exclude: [String] = []

    @Option(help: "Classes that count as another: bacterial_pneumonia=lung_opacity.")
    var merge: [String] = []

    @Option(help: "At most so many images of each class.")
    var perClass = 150

    @Option(help: "Threads of the networks.")
    var threads = 1

    @Option(help: "Write each image's measurements to this CSV file.")
    var table: String?

    func run() async throws {
        let folder = try bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault()
        let loaded = try ModelBundle.load(from: folder)
        let pipeline = try Pipeline(bundle: loaded, threads: threads)
        let rows = try LabelledImages.rows(
            manifest: manifest, split: split, exclude: Set(exclude), merge: merge, perClass: perClass)
        let progress = ProgressBar("fit", total: rows.count)
        var measured: [(row: LabelledImages.Row, values: RadiographMeasurement)] = []
        for row in rows {
            let grey = try ImageFile.readGrey(row.path)
            measured.append((row, try pipeline.measure(RadiographInput(grey: grey))))
            progress.advance()
        }
        progress.finish()
        let fit = FitReport(classes: loaded.classes(for: .radiograph), measured: measured)
        print(fit.text)
        if let table { try fit.table.write(toFile: table, atomically: true, encoding: .utf8) }
    }
}

/// A manifest of labelled images.
enum LabelledImages {
    struct Row {
        var path: String
        var name: FindingClass
        var source: String
    }

    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// Evenly spread over the manifest, at most `perClass` of each class.
    static func rows(
        manifest: String, split: String, exclude: Set<String>, merge: [String], perClass: Int
    ) throws -> [Row] {
        let lines = try String(contentsOfFile: manifest, encoding: .utf8).split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let header = lines.first ?? []
        guard let path = header.firstIndex(of: "path"), let name = header.firstIndex(of: "class"),
            let source = header.firstIndex(of: "source"), let part = header.firstIndex(of: "split")
        else { throw Problem(description: "\(manifest): needs the columns path, class, source and split") }
        let merged = Dictionary(
            merge.map { $0.split(separator: "=").map(String.init) }.filter { $0.count == 2 }.map { ($0[0], $0[1]) },
            uniquingKeysWith: { $1 })
        let folder = URL(filePath: manifest).deletingLastPathComponent()
        let all = lines.dropFirst().filter {
            $0.count >= header.count && $0[part] == split && !exclude.contains($0[source])
        }
        .map {
            Row(
                path: folder.appending(path: $0[path]).path,
                name: FindingClass(rawValue: merged[$0[name]] ?? $0[name]), source: $0[source])
        }
        let groups = Dictionary(grouping: all, by: \.name)
        return groups.keys.sorted { $0.rawValue < $1.rawValue }.flatMap { key -> [Row] in
            let group = groups[key] ?? []
            let count = min(group.count, perClass)
            return (0..<count).map { group[(2 * $0 + 1) * group.count / (2 * count)] }
        }
    }
}
