#include <string.h>

#include "ckernels_targets.h"
#include "ckernels_limits.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define IN_REGISTER "+v"
#else
#define IN_REGISTER "+w"
#endif

typedef float f32x4 __attribute__((vector_size(16)));
typedef float f32x8 __attribute__((vector_size(32)));
typedef float f32x16 __attribute__((vector_size(64)));
typedef int32_t s32x16 __attribute__((vector_size(64)));

// A loop of products that wait for nothing but the multiplier: SUMS of them run side by side, more than the latency of
// a product times the multipliers of any core, and fewer than its registers. The compiler must believe that the factor
// changes with every step, or it takes the product out of the loop, and that the sums are wanted. Bytes of 0x3f are 0.7
// in f32 and in bf16, and 63: with zeros, multipliers would draw less power than in use, and be clocked higher.
#define PRODUCTS(name, target, vector, sums, multiply)                                            \
    target static void products_##name(int64_t steps) {                                           \
        vector sum[sums] = {0};                                                                   \
        vector factor, other;                                                                     \
        memset(&factor, 0x3f, sizeof factor);                                                     \
        memset(&other, 0x3f, sizeof other);                                                       \
        for (int64_t step = 0; step < steps; step++) {                                            \
            __asm__ volatile("" : IN_REGISTER(factor), IN_REGISTER(other));                       \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < (sums); i++) {                 \
                multiply(sum[i], factor, other);                                                  \
                __asm__ volatile("" : IN_REGISTER(sum[i]));                                       \
            }                                                                                     \
        }                                                                                         \
    }

#define MULTIPLY_F32(sum, a, b) (sum) += (a) * (b)

#if defined(__x86_64__)

#define MULTIPLY_BF16(sum, a, b) (sum) = (f32x16)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(a), (__m512bh)(b))
#define MULTIPLY_BYTES(sum, a, b) (sum) = (s32x16)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(a), (__m512i)(b))

enum { SUMS = 12, SUMS_AVX512 = 24 };
PRODUCTS(baseline, , f32x4, SUMS, MULTIPLY_F32)
PRODUCTS(avx2, CK_TARGET_AVX2, f32x8, SUMS, MULTIPLY_F32)
PRODUCTS(avx512, CK_TARGET_AVX512, f32x16, SUMS_AVX512, MULTIPLY_F32)
PRODUCTS(bf16, CK_TARGET_BF16, f32x16, SUMS_AVX512, MULTIPLY_BF16)
PRODUCTS(bytes, CK_TARGET_VNNI, s32x16, SUMS_AVX512, MULTIPLY_BYTES)
#else
enum { SUMS = 24 };
PRODUCTS(baseline, , f32x4, SUMS, MULTIPLY_F32)
#endif

int64_t ck_limit_products(ck_level level, ck_products products, int64_t steps) {
#if defined(__x86_64__)
    switch (products) {
    case CK_PRODUCTS_F32:
        if (level >= CK_LEVEL_AVX512) return products_avx512(steps), steps * SUMS_AVX512 * 16 * 2;
        if (level >= CK_LEVEL_AVX2) return products_avx2(steps), steps * SUMS * 8 * 2;
        break;
    case CK_PRODUCTS_BF16:
        if (level < CK_LEVEL_AVX512 || !ck_has_bf16_products()) return 0;
        return products_bf16(steps), steps * SUMS_AVX512 * 32 * 2;
    case CK_PRODUCTS_BYTES:
        if (level < CK_LEVEL_AVX512 || !ck_has_byte_products()) return 0;
        return products_bytes(steps), steps * SUMS_AVX512 * 64 * 2;
    }
#else
    (void)level;
    if (products != CK_PRODUCTS_F32) return 0;
#endif
    return products_baseline(steps), steps * SUMS * 4 * 2;
}

// Four sums, since one alone would wait for its own additions. Vectors of 64 bytes become what the processor has.
CK_CLONES float ck_limit_read(const float *x, int64_t count) {
    f32x16 sum[4] = {0};
    for (int64_t at = 0; at < count; at += 64)
        for (int i = 0; i < 4; i++) {
            f32x16 values;
            memcpy(&values, x + at + 16 * i, sizeof values);
            sum[i] += values;
        }
    sum[0] += sum[1] + sum[2] + sum[3];
    float total = 0;
    for (int i = 0; i < 16; i++) total += sum[0][i];
    return total;
}

CK_CLONES void ck_limit_triad(const float *restrict x, const float *restrict z, float scale, float *restrict y,
                              int64_t count) {
    for (int64_t i = 0; i < count; i++) y[i] = x[i] + scale * z[i];
}
