// Rows of a separable resampling.
#include "ckernels_imaging.h"
#include "imaging_variants.h"

#define ACCUMULATE(name, type)                                                                     \
    CK_BODY void name##_body(const type *restrict row, int width, float weight, float *restrict sums) { \
        for (int x = 0; x < width; x++) sums[x] += weight * (float)row[x];                         \
    }                                                                                              \
    CK_VARIANTS(name, (const type *row, int width, float weight, float *sums), (row, width, weight, sums))

ACCUMULATE(ck_accumulate_row_u8, uint8_t)
ACCUMULATE(ck_accumulate_row_f32, float)

void ck_gather_row_f32(const float *row, int count, const int32_t *starts, const int32_t *firsts, const float *weights,
                       float *out) {
    for (int x = 0; x < count; x++) {
        const float *source = row + starts[x];
        float sum = 0;
        for (int32_t t = firsts[x]; t < firsts[x + 1]; t++) sum += weights[t] * source[t - firsts[x]];
        out[x] = sum;
    }
}

CK_BODY void ck_enlarge_row_f32_body(const float *restrict row, int first, int count, const int32_t *restrict starts,
                                     const float *restrict shares, float *restrict out) {
    for (int x = first; x < count; x++)
        out[x] = (1.0f - shares[x]) * row[starts[x]] + shares[x] * row[starts[x] + 1];
}

#if defined(__x86_64__)
// Outputs side by side lie between samples side by side, so that the samples of a vector of outputs are in two loads,
// from which they are picked.
CK_TARGET_AVX512 static void ck_enlarge_row_f32_avx512(const float *restrict row, int count,
                                                       const int32_t *restrict starts, const float *restrict shares,
                                                       float *restrict out) {
    int x = 0;
    for (; x + 16 <= count; x += 16) {
        const float *samples = row + starts[x];
        const __m512i picks = _mm512_sub_epi32(_mm512_loadu_si512(starts + x), _mm512_set1_epi32(starts[x]));
        const __m512 here = _mm512_permutexvar_ps(picks, _mm512_loadu_ps(samples));
        const __m512 behind = _mm512_permutexvar_ps(picks, _mm512_loadu_ps(samples + 1));
        const __m512 share = _mm512_loadu_ps(shares + x);
        const __m512 rest = _mm512_sub_ps(_mm512_set1_ps(1.0f), share);
        _mm512_storeu_ps(out + x, _mm512_add_ps(_mm512_mul_ps(rest, here), _mm512_mul_ps(share, behind)));
    }
    ck_enlarge_row_f32_body(row, x, count, starts, shares, out);
}

CK_TARGET_AVX2 static void ck_enlarge_row_f32_avx2(const float *restrict row, int count, const int32_t *restrict starts,
                                                   const float *restrict shares, float *restrict out) {
    int x = 0;
    for (; x + 8 <= count; x += 8) {
        const float *samples = row + starts[x];
        const __m256i from = _mm256_loadu_si256((const __m256i *)(starts + x));
        const __m256i picks = _mm256_sub_epi32(from, _mm256_set1_epi32(starts[x]));
        const __m256 here = _mm256_permutevar8x32_ps(_mm256_loadu_ps(samples), picks);
        const __m256 behind = _mm256_permutevar8x32_ps(_mm256_loadu_ps(samples + 1), picks);
        const __m256 share = _mm256_loadu_ps(shares + x);
        const __m256 rest = _mm256_sub_ps(_mm256_set1_ps(1.0f), share);
        _mm256_storeu_ps(out + x, _mm256_add_ps(_mm256_mul_ps(rest, here), _mm256_mul_ps(share, behind)));
    }
    ck_enlarge_row_f32_body(row, x, count, starts, shares, out);
}
#endif

void ck_enlarge_row_f32(ck_level level, const float *row, int count, const int32_t *starts, const float *shares,
                        float *out) {
#if defined(__x86_64__)
    if (level >= CK_LEVEL_AVX512) return ck_enlarge_row_f32_avx512(row, count, starts, shares, out);
    if (level >= CK_LEVEL_AVX2) return ck_enlarge_row_f32_avx2(row, count, starts, shares, out);
#else
    (void)level;
#endif
    ck_enlarge_row_f32_body(row, 0, count, starts, shares, out);
}

CK_BODY uint8_t rounded(float value) {
    value = value > 0.0f ? value : 0.0f;
    value = value < 255.0f ? value : 255.0f;
    return (uint8_t)(int32_t)((value + 8388608.0f) - 8388608.0f);
}

CK_BODY void ck_blend_rows_f32_body(const float *restrict upper, const float *restrict lower, int width, float share,
                                    float *restrict out) {
    for (int x = 0; x < width; x++) out[x] = (1.0f - share) * upper[x] + share * lower[x];
}

CK_VARIANTS(ck_blend_rows_f32, (const float *upper, const float *lower, int width, float share, float *out),
            (upper, lower, width, share, out))

CK_BODY void ck_blend_rows_u8_body(const float *restrict upper, const float *restrict lower, int width, float share,
                                   uint8_t *restrict out) {
    for (int x = 0; x < width; x++) out[x] = rounded((1.0f - share) * upper[x] + share * lower[x]);
}

CK_VARIANTS(ck_blend_rows_u8, (const float *upper, const float *lower, int width, float share, uint8_t *out),
            (upper, lower, width, share, out))

CK_BODY void ck_round_row_u8_body(const float *restrict row, int width, uint8_t *restrict out) {
    for (int x = 0; x < width; x++) out[x] = rounded(row[x]);
}

CK_VARIANTS(ck_round_row_u8, (const float *row, int width, uint8_t *out), (row, width, out))
