import COpenBLAS
import Dispatch

/// Matrix products by OpenBLAS, with the kernels chosen from the processor's features.
public struct BLAS: Sendable {
    /// What runs: for `hilum doctor` and beside every benchmark figure.
    public struct Report: Sendable, Codable, Hashable {
        /// `openblas_get_config`.
        public var config: String
        /// `openblas_get_corename`: whose kernels are in use.
        public var core: String
        /// The core type asked for; empty where the choice was the library's own.
        public var requestedCore: String
        /// A timed product on one core, in 10⁹ operations a second.
        public var gigaflops: Double

        /// A report read from a file.
        public init(config: String, core: String, requestedCore: String, gigaflops: Double) {
            self.config = config
            self.core = core
            self.requestedCore = requestedCore
            self.gigaflops = gigaflops
        }
    }

    private let product:
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>?, Int32, UnsafePointer<Float>?, Int32, Float,
            UnsafeMutablePointer<Float>?, Int32
        ) -> Void
    private let config: String
    private let core: String
    private let requestedCore: String

    /// The library, opened at the first use.
    /// - Throws: ``NeuralNetworkError/library(problem:)``
    public static func load() throws -> BLAS {
        try opened.get()
    }

    private static let opened: Result<BLAS, NeuralNetworkError> = {
        let table = copenblas_open().pointee
        guard table.available == 1, let product = table.sgemm else {
            return .failure(.library(problem: text(of: table.error)))
        }
        return .success(
            BLAS(
                product: product, config: text(of: table.config), core: text(of: table.core),
                requestedCore: text(of: table.requested)))
    }()

    /// A C array of characters, up to its terminator.
    private static func text<Characters>(of characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// C (m × n) = op(A) · op(B) + β · C, row-major, on the calling thread. `lda`, `ldb`, `ldc`: floats between rows.
    func multiply(
        transposeA: Bool = false, m: Int, n: Int, k: Int, a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>,
        ldb: Int, transposeB: Bool = false, beta: Float = 0, c: UnsafeMutablePointer<Float>, ldc: Int
    ) {
        product(
            transposeA ? 1 : 0, transposeB ? 1 : 0, Int32(m), Int32(n), Int32(k), 1, a, Int32(lda), b, Int32(ldb), beta,
            c, Int32(ldc))
    }

    /// Times a 512³ product, best of a few: some milliseconds, against 100 ms and more with the wrong kernels.
    public func report(rounds: Int = 5) -> Report {
        let side = 512
        let a = [Float](repeating: 0.5, count: side * side)
        let b = a
        var c = a
        var best = Double.infinity
        for _ in 0..<max(rounds, 1) {
            let start = DispatchTime.now().uptimeNanoseconds
            c.withUnsafeMutableBufferPointer { c in
                a.withUnsafeBufferPointer { a in
                    b.withUnsafeBufferPointer { b in
                        multiply(
                            m: side, n: side, k: side, a: a.baseAddress!, lda: side, b: b.baseAddress!, ldb: side,
                            c: c.baseAddress!, ldc: side)
                    }
                }
            }
            best = min(best, Double(DispatchTime.now().uptimeNanoseconds - start))
        }
        let operations = 2 * Double(side * side * side)
        return Report(config: config, core: core, requestedCore: requestedCore, gigaflops: operations / best)
    }
}
