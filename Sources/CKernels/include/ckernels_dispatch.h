// Which instructions this processor has.
#ifndef CKERNELS_DISPATCH_H
#define CKERNELS_DISPATCH_H

/// Each level includes those before it. Kernels take the level as an argument, so that tests can compare variants;
/// every variant of a kernel gives the same bits.
typedef enum {
    CK_LEVEL_BASELINE = 0,
    /// AVX2 and FMA.
    CK_LEVEL_AVX2 = 1,
    /// AVX-512 F, BW, DQ and VL.
    CK_LEVEL_AVX512 = 2,
    /// AVX-512 VBMI: byte permutations.
    CK_LEVEL_AVX512_VBMI = 3
} ck_level;

/// The highest level that this processor and its operating system offer.
ck_level ck_best_level(void);

/// Whether the processor multiplies bytes (AVX-512 VNNI) and bf16 (AVX-512 BF16) by instructions of their own. Without
/// them such products are computed as well, with the same sums of bytes, slowly.
int ck_has_byte_products(void);
int ck_has_bf16_products(void);

/// Tells the processor that a loop only waits.
static inline void ck_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
