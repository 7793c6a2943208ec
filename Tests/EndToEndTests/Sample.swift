import Foundation
import HilumTesting
import Testing

/// Copies of sample studies under UIDs of their own, made by DCMTK's `dcmodify`.
enum Sample {
    static let studies = Workplace.root.appending(path: "SampleStudies")

    /// A radiograph among the samples that is stored uncompressed.
    static func radiograph() throws -> URL {
        let folder = studies.appending(path: "cxr-covid19")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try #require(files.filter { $0.pathExtension == "dcm" }.sorted { $0.path < $1.path }.first)
    }

    static func newUID() -> String {
        let (high, low) = (UInt64.random(in: 1 ... .max), UInt64.random(in: 1 ... .max))
        return "2.25.\(UInt128(high) << 64 | UInt128(low))"
    }

    /// A copy of `file` in `folder`, in `study`, with new series and instance UIDs.
    static func copy(
        of file: URL, to folder: URL, study: String, instance: String = newUID(), changes: [String] = []
    ) throws -> URL {
        let copy = folder.appending(path: "\(instance).dcm")
        try FileManager.default.copyItem(at: file, to: copy)
        let dcmodify = try #require(Tool("dcmodify"))
        var arguments = ["-nb", "-i", "(0020,000d)=\(study)", "-i", "(0020,000e)=\(study).1"]
        if study.utf8.count > 62 { arguments[4] = "(0020,000e)=\(newUID())" }
        arguments += ["-i", "(0008,0018)=\(instance)"] + changes.flatMap { ["-i", $0] }
        let output = try dcmodify.run(arguments + [copy.path])
        try #require(output.status == 0, "dcmodify: \(output.all)")
        return copy
    }
}
