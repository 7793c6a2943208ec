import ArgumentParser
import Imaging

/// How to time work on a made image, for the benchmarks of Imaging and Texture.
struct ImageBenchOptions: ParsableArguments {
    @Option(help: "Side of the image in pixels.")
    var side = 1024

    @Option(help: "Runs of each, after one that does not count.")
    var runs = 21

    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        guard (16...8192).contains(side) else { throw ValidationError("--side must lie in 16...8192") }
        guard (1...10_000).contains(runs) else { throw ValidationError("--runs must lie in 1...10000") }
    }

    private struct Timing: Encodable {
        let name: String
        let side: Int
        let runs: Int
        let kernels: String
        let median: Double
        let min: Double
        let max: Double
    }

    /// Prints the times of some work that tells how much it made.
    func report(_ name: String, _ work: () -> Int) throws {
        let clock = ContinuousClock()
        var times: [Double] = []
        for run in 0...runs {
            var result = 0
            let duration = clock.measure { result = work() }
            guard result > 0 else { throw ValidationError("\(name) gave nothing") }
            if run > 0 { times.append(duration / .milliseconds(1)) }
        }
        times.sort()
        let timing = Timing(
            name: name, side: side, runs: runs, kernels: KernelLevel.best.name, median: times[times.count / 2],
            min: times[0], max: times[times.count - 1])
        if json { return try JSONLine.print(timing) }
        let columns = [timing.median, timing.min, timing.max].map { milliseconds in
            let text = "\((milliseconds * 1000).rounded() / 1000)"
            return String(repeating: " ", count: Swift.max(0, 10 - text.count)) + text
        }
        print(name + String(repeating: " ", count: Swift.max(1, 18 - name.count)) + columns.joined() + " ms")
    }

    /// Slopes and noise in whole numbers, so that the peers' script makes the same bytes.
    func image() -> GreyPlane {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(side * side)
        for y in 0..<side {
            for x in 0..<side {
                var hash = UInt32(x) &* 73_856_093 ^ UInt32(y) &* 19_349_663
                hash ^= hash >> 13
                hash = hash &* 0x5BD1_E995
                hash ^= hash >> 15
                pixels.append(UInt8(40 + abs(x % 194 - 97) + abs(y % 122 - 61) + Int(hash & 31)))
            }
        }
        return GreyPlane(width: side, height: side, pixels: pixels)
    }
}
