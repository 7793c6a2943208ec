import Foundation
import HilumTesting
import Imaging

@testable import Diagnosis

/// The bundle of the repository, loaded once.
enum StartingBundle {
    static let folder = Workplace.root.appending(path: "Models/starting")
    static let bundle = Result { try ModelBundle.load(from: folder) }
    static let pipeline = Result { try Pipeline(bundle: bundle.get(), threads: 2) }

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    static func configuration() throws -> BundleConfiguration {
        try BundleConfiguration(yaml: text("bundle.yaml"), path: "bundle.yaml")
    }

    /// A folder with the starting bundle's files, its weights as links; `change` may damage it.
    static func copy<Value>(_ change: (URL) throws -> Value) throws -> Value {
        try Workplace.withTemporaryFolder { temporary in
            for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
                let target = temporary.appending(path: file.lastPathComponent)
                if file.pathExtension == "safetensors" {
                    try FileManager.default.createSymbolicLink(at: target, withDestinationURL: file)
                } else {
                    try FileManager.default.copyItem(at: file, to: target)
                }
            }
            return try change(temporary)
        }
    }
}

enum TestImages {
    /// Two dark fields in a bright body: what a network that learned lungs takes for lungs, most of the time.
    static func chest(width: Int, height: Int) -> GreyPlane {
        var plane = GreyPlane(width: width, height: height, repeating: 0)
        for row in 0..<height {
            for column in 0..<width {
                let x = Double(column) / Double(width) - 0.5
                let y = Double(row) / Double(height) - 0.5
                let lung = (abs(x) - 0.2) * (abs(x) - 0.2) / 0.0196 + y * y / 0.1 < 1
                let noise = (column &* 7919 &+ row &* 104_729) % 17
                plane.pixels[row * width + column] = UInt8((lung ? 60 : 180) + noise)
            }
        }
        return plane
    }

    static func noise(width: Int, height: Int) -> GreyPlane {
        var state: UInt32 = 1
        return GreyPlane(
            width: width, height: height,
            pixels: (0..<width * height).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(truncatingIfNeeded: state >> 24)
            })
    }
}
