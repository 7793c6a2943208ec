import Foundation
import HilumTesting
import Testing

/// A run of `hilum train` is a process that may die at any moment.
@Suite("The life of a training run", .serialized, .timeLimit(.minutes(10)))
struct TrainingLifeTests {
    /// Six images with masks, drawn with numbers: two stripes that are lungs.
    private func images(in folder: URL) throws -> URL {
        var lines = ["path,class,source,split,mask_path,convention"]
        for number in 0..<6 {
            var (grey, mask) = ([UInt8](), [UInt8]())
            for index in 0..<64 * 64 {
                let (x, y) = (index % 64, index / 64)
                let isLung = y > 8 + number && y < 56 && (8..<28).contains(x % 32 + number / 2)
                grey.append(UInt8((isLung ? 60 : 170) + (x * 7 + y * 13 + number) % 23))
                mask.append(isLung ? (x < 32 ? 1 : 2) : 0)
            }
            for (name, pixels) in [("image", grey), ("mask", mask)] {
                let file = folder.appending(path: "\(name)\(number).pgm")
                try (Data("P5 64 64 255\n".utf8) + Data(pixels)).write(to: file)
            }
            let convention = number % 2 == 0 ? "heart left out" : "heart included"
            lines.append("image\(number).png,n,s,\(number < 4 ? "train" : "val"),mask\(number).png,\(convention)")
        }
        let script = "import glob, PIL.Image as I; [I.open(f).save(f[:-3] + 'png') for f in glob.glob('*.pgm')]"
        let made = try #require(Tool.python).run(["-c", script], in: folder)
        #expect(made.status == 0, "\(made.all)")
        let manifest = folder.appending(path: "manifest.csv")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: manifest)
        return manifest
    }

    private func arguments(_ manifest: URL, _ output: URL, _ more: [String] = []) -> [String] {
        [
            "train", "segmentation", "--manifest", manifest.path, "--bundle",
            Workplace.root.appending(path: "Models/starting").path, "--output", output.path, "--stages",
            "32:2:8,64:2:4", "--rate", "0.05", "--validate-every", "6", "--log-every", "1", "--threads", "2",
            "--checkpoint-minutes", "0.0001",
        ] + more
    }

    private func losses(_ output: URL) throws -> [[String: AnyHashable]] {
        let text = (try? String(contentsOf: output.appending(path: "history.jsonl"), encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: AnyHashable] ?? [:]
            return object.filter { ["step", "loss", "rate", "side", "validation"].contains($0.key) }
        }
    }

    @Test("Killed again and again, it ends with the losses that it has when nobody kills it")
    func killed() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let manifest = try images(in: folder)
            let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
            let output = try Node.program.run(arguments(manifest, whole))
            #expect(output.status == 0, "\(output.all)")
            var kills = 0
            while try losses(parts).count < 13, kills < 8 {
                let before = try losses(parts).count
                let process = Process()
                process.executableURL = URL(filePath: Node.program.path)
                process.arguments = arguments(manifest, parts)
                process.standardOutput = FileHandle.nullDevice
                try process.run()
                // As soon as it has come some steps further; on this thread, which others would not give back in time.
                while process.isRunning, try losses(parts).count < before + 2 + kills % 3 { usleep(5000) }
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                kills += 1
            }
            #expect(kills >= 2)
            let last = try Node.program.run(arguments(manifest, parts, ["--resume"]))
            #expect(last.status == 0, "\(last.all)")
            #expect(try losses(parts) == losses(whole))
            for name in ["best.safetensors", "last.safetensors"] {
                let files = try [whole, parts].map { try Data(contentsOf: $0.appending(path: name)) }
                #expect(files[0] == files[1])
            }
        }
    }

    @Test("Without a source, a short training is judged by that source alone, and once")
    func leftOut() async throws {
        try await Workplace.inTemporaryFolder { folder in
            _ = try images(in: folder)
            let lines = (0..<6).map { number in
                "image\(number).png,\(number % 2 == 0 ? "normal" : "covid19"),\(number < 4 ? "near" : "far"),"
                    + (number % 3 == 2 ? "val" : "train")
            }
            let manifest = folder.appending(path: "classes.csv")
            try Data((["path,class,source,split"] + lines).joined(separator: "\n").utf8).write(to: manifest)
            let arguments = [
                "evaluate", "left-out", "--leave", "far", "--manifest", manifest.path, "--classes", "normal,covid19",
                "--lungs", "none", "--bundle", Workplace.root.appending(path: "Models/starting").path, "--stages",
                "32:2:2", "--output", folder.appending(path: "trials").path, "--report", folder.path, "--json",
            ]
            for run in 0..<3 {
                let output = try Node.program.run(arguments)
                #expect(output.status == 0, "\(output.all)")
                // Told as soon as it is known; not judged again, but where what was kept is of other weights.
                #expect(output.standardError.contains("far (2 images): accuracy") == (run != 1))
                if run == 1 { try changeKept(in: folder.appending(path: "trials/far/result.json")) }
                let results = try JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8))
                let first = try #require((results as? [[String: Any]])?.first)
                #expect(first["name"] as? String == "far" && first["learned"] as? Int == 3)
                let sources = (first["summary"] as? [String: Any])?["perSource"] as? [String: Any]
                #expect(sources.map { Array($0.keys) } == ["far"])
            }
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: "trials.html").path))
            let wrong = try Node.program.run(arguments + ["--leave", "nowhere"])
            let hurried = try Node.program.run(arguments + ["--minutes", "1"])
            #expect(hurried.status == 64 && hurried.standardError.contains("unlike each other"))
            #expect(wrong.status == 1 && wrong.standardError.contains("nowhere is none of the sources far, near"))
        }
    }

    private func changeKept(in file: URL) throws {
        var kept = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        var subject = try #require(kept["subject"] as? [String])
        subject[0] = "other weights"
        kept["subject"] = subject
        try JSONSerialization.data(withJSONObject: kept).write(to: file)
    }

    @Test("SIGTERM ends it with a checkpoint, success and a sentence; other settings are refused")
    func stopped() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let manifest = try images(in: folder)
            let work = folder.appending(path: "work")
            let out = folder.appending(path: "out.txt")
            try Data().write(to: out)
            let process = Process()
            process.executableURL = URL(filePath: Node.program.path)
            // More steps than can be done before the signal comes.
            let long = ["--stages", "32:2:5000"]
            process.arguments = arguments(manifest, work, long)
            process.standardOutput = try FileHandle(forWritingTo: out)
            try process.run()
            while process.isRunning, try losses(work).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(try String(contentsOf: out, encoding: .utf8).contains("the same command goes on"))
            let other = try Node.program.run(arguments(manifest, work, long + ["--decay", "0.5"]))
            #expect(other.status == 1)
            #expect(other.standardError.contains("decay"))
            let misspelt = try Node.program.run(arguments(manifest, work, long + ["--freeze", "steam"]))
            #expect(misspelt.status == 1 && misspelt.standardError.contains("has no layer steam"))
            // A mistake does not cost the run that --restart would have removed.
            let missing = try Node.program.run(arguments(manifest, work, long + ["--restart", "--init", "nowhere"]))
            #expect(missing.status == 1 && missing.standardError.contains("nowhere"))
            #expect(try !losses(work).isEmpty)
        }
    }
}
