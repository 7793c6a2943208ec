import CKernels

/// Which kernels this processor runs.
public enum KernelChoice {
    /// The instructions that products and Winograd's transforms are compiled for. What is bound by memory anyway takes
    /// the best there is.
    public enum Level: String, Sendable, Hashable, CaseIterable, Codable {
        case baseline
        case avx2
        case avx512

        /// The best that this processor offers.
        public static var best: Level {
            switch ck_best_level() {
            case CK_LEVEL_BASELINE: .baseline
            case CK_LEVEL_AVX2: .avx2
            default: .avx512
            }
        }

        /// From the plainest to the best that this processor offers.
        public static var available: [Level] { allCases.filter { $0.wanted.rawValue <= ck_best_level().rawValue } }

        /// What is passed to kernels: never more than this processor offers.
        var kernels: ck_level { min(self, .best).wanted }

        private var wanted: ck_level {
            switch self {
            case .baseline: CK_LEVEL_BASELINE
            case .avx2: CK_LEVEL_AVX2
            case .avx512: CK_LEVEL_AVX512
            }
        }
    }

    /// The instructions that kernels use, in words: what a measurement holds for.
    public static var processor: String {
        let level =
            switch Level.best {
            case .baseline: "baseline"
            case .avx2: "AVX2"
            case .avx512: "AVX-512"
            }
        return level + (ck_has_bf16_products() == 1 ? " BF16" : "") + (ck_has_byte_products() == 1 ? " VNNI" : "")
    }
}

extension KernelChoice.Level: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.wanted.rawValue < right.wanted.rawValue }
}
