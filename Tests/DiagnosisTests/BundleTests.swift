import Foundation
import HilumTesting
import NeuralNetworks
import Testing
import Texture

@testable import Diagnosis

/// A bundle is loaded strictly: each damage has its sentence, with file, line and key.
@Suite struct BundleTests {
    @Test("A page of anchors that stands for more nodes than memory holds is refused at once", .timeLimit(.minutes(1)))
    func anchorsAreRefused() {
        let bomb =
            "a0: &a0 [x, x]\n"
            + (1...40).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined() + "? *a40\n: y\n"
        let error = #expect(throws: BundleError.self) { try BundleConfiguration(yaml: bomb, path: "bundle.yaml") }
        #expect(error?.description.contains("anchor") == true)
    }

    @Test("The starting bundle loads, and says what it is")
    func startingBundleLoads() throws {
        let bundle = try StartingBundle.bundle.get()
        #expect(bundle.identity.name == "hilum-starting")
        #expect(bundle.identity.digest.count == 64)
        #expect(bundle.classes(for: .radiograph) == [.normal, .lungOpacity, .viralPneumonia, .covid19])
        #expect(bundle.classes(for: .ct).isEmpty)
        #expect(bundle.profiles.contains { $0 == .paper })
        #expect(bundle.modelCard.contains("not a diagnosis"))
        #expect(bundle.configuration.radiograph?.precision == .f32)
        #expect(bundle.calibration?.ranges.count ?? 0 > 100)
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var from: String, to: String, says: String
        var testDescription: String { says }
    }

    static let damages = [
        Damage(from: "format: 1", to: "format: 2", says: "bundle.yaml:2: format: must be a whole number from 1 to 1"),
        Damage(from: "name: hilum-starting\n", to: "", says: ": name: is missing"),
        Damage(from: "name: hilum", to: "nom: hilum", says: ": name: is missing"),
        Damage(
            from: "  input_side: 96", to: "  input_side: 97",
            says: ": segmentation.input_side: must be a multiple of 32"),
        Damage(
            from: "  input_side: 96", to: "  input_side: 96\n  colour: red", says: ": segmentation.colour: is not a key"
        ),
        Damage(from: "claims:", to: "surprise: 1\nclaims:", says: ": surprise: is not a key of this section"),
        Damage(
            from: "long_side: 256", to: "long_side: 1e9", says: "analysis.long_side: must be a whole number from 32"),
        Damage(from: "mean: 0.5", to: "mean: nan", says: "segmentation.mean: must be a number from"),
        Damage(from: "[0.02, 0.4]", to: "[0.4, 0.02]", says: "segmentation.lung_share: must be [low, high]"),
        Damage(
            from: "weights: resnet101.safetensors", to: "weights: ../x",
            says: "radiograph.weights: must be the plain name"),
        Damage(
            from: "calibration: resnet101-ranges.json", to: "precision: int8",
            says: "radiograph.precision: is int8, which wants a calibration"),
        Damage(
            from: "calibration: resnet101-ranges.json", to: "precision: f64",
            says: "radiograph.precision: must be one of bf16, f32, int8"),
        Damage(from: "normal: normal", to: "normal: healthy", says: "radiograph.normal: must be one of the classes"),
        Damage(
            from: "[normal, lung_opacity, viral_pneumonia, covid19]", to: "[normal, normal]",
            says: "must be a list of different words"),
        Damage(from: "classes: [normal, lung", to: "classes: [normal, review, lung", says: "none of them review"),
        Damage(from: "form: lungs", to: "form: heart", says: "texture.form: must be one of lungs, masked_image"),
        Damage(
            from: "on_conflict: report", to: "on_conflict: panic",
            says: "texture.on_conflict: must be one of report, review"),
        Damage(
            from: "{level: 4, classes: [normal]", to: "{level: 5, classes: [normal]",
            says: "triage.rules[4].level: must be a whole number from 1 to 4"),
        Damage(
            from: "{level: 4, classes: [normal]", to: "{level: 4, classes: [covid19]",
            says: "triage.rules: normal has no rule without conditions"),
        Damage(
            from: "{level: 4, classes: [normal]", to: "{level: 4, classes: [flu]",
            says: "flu is not a class of this bundle"),
        Damage(
            from: "  temperature:",
            to: "  tested: {images: 0, accuracy: 0.5, interval: [0.4, 0.6], precision: [1, 1, 1, 1]}\n  temperature:",
            says: "radiograph.tested.images: must be a whole number from 1"),
        Damage(
            from: "  temperature:",
            to: "  tested: {images: 9, accuracy: 0.7, interval: [0.4, 0.6], precision: [1, 1, 1, 1]}\n  temperature:",
            says: "radiograph.tested.interval: must hold the accuracy"),
        Damage(
            from: "  temperature:",
            to: "  tested: {images: 9, accuracy: 0.5, interval: [0.4, 0.6], precision: [1, 1]}\n  temperature:",
            says: "radiograph.tested.precision: must be a list of 4 numbers"),
        Damage(from: "out_of_distribution]", to: "boredom]", says: "boredom is not a reason for review"),
        Damage(from: "ct:\n", to: "ct: none\nx:\n", says: "ct: must be a mapping of keys"),
        Damage(from: "claims:", to: "texture: {}\nclaims:", says: "stands twice"),
        Damage(from: "claims:", to: "claims: [", says: "it is not YAML"),
    ]

    @Test("Each damage of bundle.yaml is named", arguments: damages)
    func damageIsNamed(_ damage: Damage) throws {
        let text = try StartingBundle.text("bundle.yaml")
        try #require(text.contains(damage.from))
        let damaged = text.replacingOccurrences(of: damage.from, with: damage.to)
        let error = #expect(throws: BundleError.self) {
            try BundleConfiguration(yaml: damaged, path: "bundle.yaml")
        }
        #expect(error?.description.contains(damage.says) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("bundle.yaml:") == true)
    }

    @Test("The line in the message is the line in the file")
    func linesAreRight() throws {
        let lines = try StartingBundle.text("bundle.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("lung_threshold") })
        var changed = lines.map(String.init)
        changed[line] = "  lung_threshold: far"
        let error = #expect(throws: BundleError.self) {
            try BundleConfiguration(yaml: changed.joined(separator: "\n"), path: "b")
        }
        guard case .configuration(_, let told, let key, _) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(told == line + 1)
        #expect(key == "ct.lung_threshold")
    }

    @Test("Any key left out is an error that names it, but for those of lower precision")
    func everyKeyIsNeeded() throws {
        let lines = try StartingBundle.text("bundle.yaml").split(separator: "\n").map(String.init)
        for (index, line) in lines.enumerated()
        where line.contains(": ") && !line.contains("#") && !line.contains("{level:") && !line.contains("calibration:")
        {
            var fewer = lines
            fewer.remove(at: index)
            #expect(throws: BundleError.self, "\(line)") {
                try BundleConfiguration(yaml: fewer.joined(separator: "\n"), path: "bundle.yaml")
            }
        }
    }

    @Test("Texture profiles are read as strictly")
    func profilesAreStrict() throws {
        let text = try StartingBundle.text("texture-profiles.yaml")
        for (from, to, says) in [
            ("haralick.variance: [22.97, 33.81]", "haralick.mood: [0, 1]", "haralick.mood: is not a feature"),
            ("[22.97, 33.81]", "[33.81, 22.97]", "must be [low, high]"), ("[22.97, 33.81]", "[22.97]", "2 numbers"),
            ("form: masked_image", "form: all", "profiles.paper.form"),
        ] {
            try #require(text.contains(from))
            let error = #expect(throws: BundleError.self) {
                try TextureProfile.profiles(yaml: text.replacingOccurrences(of: from, with: to), path: "p.yaml")
            }
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
        }
    }

    @Test("Missing files, a missing profile and foreign weights are named")
    func filesAreNamed() throws {
        for name in ["bundle.yaml", "MODEL_CARD.md", "texture-profiles.yaml", "resnet101.safetensors"] {
            try StartingBundle.copy { folder in
                try FileManager.default.removeItem(at: folder.appending(path: name))
                let error = #expect(throws: BundleError.self) { try ModelBundle.load(from: folder) }
                #expect(error?.description.contains(name) == true)
            }
        }
        try StartingBundle.copy { folder in
            let file = folder.appending(path: "bundle.yaml")
            try StartingBundle.text("bundle.yaml").replacingOccurrences(of: "profile: fitted", with: "profile: lost")
                .write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: BundleError.self) { try ModelBundle.load(from: folder) }
            #expect(error?.description.contains("has no profile lost") == true)
        }
        try StartingBundle.copy { folder in
            let weights = folder.appending(path: "fc-densenet103.safetensors")
            try FileManager.default.removeItem(at: weights)
            try FileManager.default.createSymbolicLink(
                at: weights, withDestinationURL: StartingBundle.folder.appending(path: "resnet101.safetensors"))
            let error = #expect(throws: NeuralNetworkError.self) { try ModelBundle.load(from: folder) }
            #expect(error?.description.contains("is missing") == true)
        }
    }

    @Test("The digest covers every file, and neither place nor time")
    func digestCoversEverything() throws {
        let original = try BundleFiles(folder: StartingBundle.folder).digest()
        #expect(try StartingBundle.bundle.get().identity.digest == original)
        try Workplace.withTemporaryFolder { folder in
            func write(_ text: String, _ name: String) throws {
                try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
            }
            try write("a", "one")
            let first = try BundleFiles(folder: folder).digest()
            try write("a", "one")
            #expect(try BundleFiles(folder: folder).digest() == first)
            try write("b", "one")
            #expect(try BundleFiles(folder: folder).digest() != first)
            try write("a", "one")
            try write("", "two")
            #expect(try BundleFiles(folder: folder).digest() != first)
        }
    }

    @Test("A bundle is found by variable, beside the program, above it, above the current folder")
    func bundleIsFound() throws {
        try Workplace.withTemporaryFolder { folder in
            func make(_ path: String) throws -> URL {
                let bundle = folder.appending(path: path)
                try FileManager.default.createDirectory(at: bundle, withIntermediateDirectories: true)
                try "".write(to: bundle.appending(path: "bundle.yaml"), atomically: true, encoding: .utf8)
                return bundle
            }
            let program = folder.appending(path: "prefix/bin/hilum")
            let here = folder.appending(path: "a/b")
            func find(_ environment: [String: String] = [:]) throws -> String {
                try ModelBundle.locateDefault(environment: environment, program: program, currentFolder: here).path
            }
            #expect(throws: BundleError.self) { try find() }
            #expect(throws: BundleError.self) { try find(["HILUM_BUNDLE": folder.appending(path: "none").path]) }
            let above = try make("a/Models/default")
            #expect(try find() == above.path)
            let beside = try make("prefix/Models/default")
            #expect(try find() == beside.path)
            let installed = try make("prefix/share/hilum/bundle")
            #expect(try find() == installed.path)
            let named = try make("named")
            #expect(try find(["HILUM_BUNDLE": named.path]) == named.path)
            #expect(try find(["HILUM_BUNDLE": ""]) == installed.path)
        }
    }
}
