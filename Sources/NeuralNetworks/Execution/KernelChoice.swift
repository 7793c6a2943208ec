import CKernels

/// Which kernels this processor runs.
public enum KernelChoice {
    /// The instructions that kernels use, in words: what a measurement holds for.
    public static var processor: String {
        let level =
            switch ck_best_level() {
            case CK_LEVEL_BASELINE: "baseline"
            case CK_LEVEL_AVX2: "AVX2"
            default: "AVX-512"
            }
        return level + (ck_has_bf16_products() == 1 ? " BF16" : "") + (ck_has_byte_products() == 1 ? " VNNI" : "")
    }
}
