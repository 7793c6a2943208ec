internal import CKernels

/// The instruction sets that kernels were compiled for. Every variant gives the same bits; tests hold one against
/// another, everything else runs the best.
package struct KernelLevel: Sendable {
    package let name: String
    let value: ck_level

    package static let best: KernelLevel = available[available.count - 1]

    /// From the plainest to the best that this processor offers.
    package static let available: [KernelLevel] = [
        KernelLevel(name: "baseline", value: CK_LEVEL_BASELINE),
        KernelLevel(name: "avx2", value: CK_LEVEL_AVX2),
        KernelLevel(name: "avx512", value: CK_LEVEL_AVX512),
        KernelLevel(name: "avx512-vbmi", value: CK_LEVEL_AVX512_VBMI),
    ].filter { $0.value.rawValue <= ck_best_level().rawValue }
}
