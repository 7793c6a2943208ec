import CKernels

/// What this machine can do at most, measured: no layer can be faster than its operations at the rate of products, nor
/// than its bytes at the rate of memory. Not what the engine reaches; that is ``LayerTime``'s.
public struct MachineLimits: Sendable, Codable, Hashable {
    /// The best of several tries.
    public struct Rate: Sendable, Codable, Hashable {
        /// On one thread alone.
        public var oneThread: Double
        /// On ``MachineLimits/threads`` threads at the same time, together.
        public var allThreads: Double
    }

    /// ``KernelChoice/processor``.
    public var kernels: String
    /// How many worked at the same time.
    public var threads: Int
    /// Multiplications and additions on registers alone, in 10⁹ a second, of f32.
    public var f32: Rate
    /// The same of bfloat16 with sums in f32; nil where the processor has no such products.
    public var bf16: Rate?
    /// The same of bytes with sums in 32 bits; nil where the processor has no such products.
    public var bytes: Rate?
    /// Memory in 10⁹ bytes a second: a sum of what is read.
    public var read: Rate
    /// STREAM's triad in 10⁹ bytes a second, two reads and a write. The reading that a cache does before it writes is
    /// not counted, as STREAM does not.
    public var triad: Rate

    /// Measures for some seconds; nothing else should run meanwhile.
    /// - Parameters:
    ///   - threads: at least 1 is used.
    ///   - tries: of each figure, after one that does not count; some hundredths of a second each.
    ///   - megabytes: of each of three arrays. They have to be larger than any cache, or a cache is measured.
    public static func measure(threads: Int, tries: Int = 10, megabytes: Int = 256) -> MachineLimits {
        let measurement = LimitMeasurement(threads: threads, tries: max(1, tries))
        let memory = MemoryMeasurement(measurement, megabytes: max(1, megabytes))
        return MachineLimits(
            kernels: KernelChoice.processor, threads: measurement.threads,
            f32: measurement.products(CK_PRODUCTS_F32)!, bf16: measurement.products(CK_PRODUCTS_BF16),
            bytes: measurement.products(CK_PRODUCTS_BYTES), read: memory.read(), triad: memory.triad())
    }
}

/// Times pieces of work on the crew that runs the networks.
private struct LimitMeasurement {
    let level = ck_best_level()
    let tries: Int
    private let alone = Crew(threads: 1)
    private let all: Crew

    init(threads: Int, tries: Int) {
        self.tries = tries
        all = Crew(threads: threads)
    }

    var threads: Int { all.threads }

    /// - Parameter amount: of a piece.
    func rate(amount: Double, pieces: Int, _ body: (Int) -> Void) -> MachineLimits.Rate {
        let amounts = amount * Double(pieces) / 1e9
        return MachineLimits.Rate(
            oneThread: amounts / leastSeconds(alone, pieces, body),
            allThreads: amounts / leastSeconds(all, pieces, body))
    }

    private func leastSeconds(_ crew: Crew, _ pieces: Int, _ body: (Int) -> Void) -> Double {
        let clock = ContinuousClock()
        let times = (0...tries).map { _ in
            clock.measure { crew.run(pieces) { piece, _ in body(piece) } } / .seconds(1)
        }
        return times.dropFirst().min()!
    }

    /// Nil where the processor has none of them.
    func products(_ products: ck_products) -> MachineLimits.Rate? {
        let operations = ck_limit_products(level, products, Self.steps)
        guard operations > 0 else { return nil }
        return rate(amount: Double(operations), pieces: Self.piecesOfEach * threads) { _ in
            _ = ck_limit_products(level, products, Self.steps)
        }
    }

    /// Half a millisecond a piece, so that a piece more or less on one thread is not seen.
    private static let steps: Int64 = 100_000
    private static let piecesOfEach = 48
}

/// Three arrays, each cut into pieces.
private struct MemoryMeasurement {
    private let measurement: LimitMeasurement
    private let arrays: [CellBuffer]
    private let pieces: Int

    /// Floats of a piece: 1 MiB.
    private static let pieceFloats = 1 << 18

    init(_ measurement: LimitMeasurement, megabytes: Int) {
        self.measurement = measurement
        pieces = megabytes
        arrays = (0..<3).map { _ in
            let array = CellBuffer(floats: megabytes * Self.pieceFloats)
            // Pages that were never written are all the same one.
            array.start.initialize(repeating: 1, count: array.count)
            return array
        }
    }

    private func start(_ array: Int, _ piece: Int) -> UnsafeMutablePointer<Float> {
        arrays[array].start + piece * Self.pieceFloats
    }

    func read() -> MachineLimits.Rate {
        measurement.rate(amount: Double(4 * Self.pieceFloats), pieces: pieces) { piece in
            _ = ck_limit_read(start(0, piece), Int64(Self.pieceFloats))
        }
    }

    func triad() -> MachineLimits.Rate {
        measurement.rate(amount: Double(3 * 4 * Self.pieceFloats), pieces: pieces) { piece in
            ck_limit_triad(start(0, piece), start(1, piece), 0.5, start(2, piece), Int64(Self.pieceFloats))
        }
    }
}
