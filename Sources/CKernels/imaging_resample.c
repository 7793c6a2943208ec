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

CK_BODY void ck_blend_pairs_f32_body(const float *restrict row, int count, const int32_t *restrict starts,
                                     const float *restrict weights, float *restrict out) {
    for (int x = 0; x < count; x++)
        out[x] = weights[2 * x] * row[starts[x]] + weights[2 * x + 1] * row[starts[x] + 1];
}

CK_VARIANTS(ck_blend_pairs_f32,
            (const float *row, int count, const int32_t *starts, const float *weights, float *out),
            (row, count, starts, weights, out))

CK_BODY void ck_round_row_u8_body(const float *restrict row, int width, uint8_t *restrict out) {
    for (int x = 0; x < width; x++) {
        float value = row[x] > 0.0f ? row[x] : 0.0f;
        value = value < 255.0f ? value : 255.0f;
        out[x] = (uint8_t)(int32_t)((value + 8388608.0f) - 8388608.0f);
    }
}

CK_VARIANTS(ck_round_row_u8, (const float *row, int width, uint8_t *out), (row, width, out))
