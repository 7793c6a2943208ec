// Kernels of Imaging. Planes are row-major without gaps; no pointer may be null unless its count is 0.
#ifndef CKERNELS_IMAGING_H
#define CKERNELS_IMAGING_H

#include <stddef.h>
#include <stdint.h>

#include "ckernels_dispatch.h"

/// Adds the counts of `count` bytes to `histogram` (256 entries).
void ck_histogram_u8(const uint8_t *pixels, size_t count, uint32_t *histogram);

/// Adds the counts of those bytes whose mask byte is not 0.
void ck_histogram_masked_u8(const uint8_t *pixels, const uint8_t *mask, size_t count, uint32_t *histogram);

/// out[i] = table[pixels[i]]; `table` has 256 entries, `out` may be `pixels`.
void ck_lookup_u8(ck_level level, const uint8_t *pixels, size_t count, const uint8_t *table, uint8_t *out);

/// out[i] = table[values[i] + 32768]; `table` has 65536 entries.
void ck_lookup_i16(const int16_t *values, size_t count, const uint8_t *table, uint8_t *out);

/// Linear windows: out = clamp((value - low) * scale, 0, 255), rounded half up.
void ck_window_i16(ck_level level, const int16_t *values, size_t count, float low, float scale, uint8_t *out);
void ck_window_u16(ck_level level, const uint16_t *values, size_t count, float low, float scale, uint8_t *out);
/// Values that are not a number become 0.
void ck_window_f32(ck_level level, const float *values, size_t count, float low, float scale, uint8_t *out);

/// Adaptive Wiener filter over 3 x 3 pixels (Lim 1990; MATLAB's wiener2): noise is the mean of the local variances.
/// Pixels beyond the border repeat the edge, or are 0 when `zero_border` is set. `scratch` holds
/// `ck_wiener3_scratch(width)` bytes. `out` must not overlap `pixels`.
void ck_wiener3_u8(ck_level level, const uint8_t *pixels, int width, int height, int zero_border, void *scratch,
                   uint8_t *out);
size_t ck_wiener3_scratch(int width);

/// The same with mean, variance and noise over pixels whose mask byte is not 0; other pixels are copied.
void ck_wiener3_masked_u8(const uint8_t *pixels, const uint8_t *mask, int width, int height, uint8_t *out);

/// sums[x] += weight * row[x].
void ck_accumulate_row_u8(ck_level level, const uint8_t *row, int width, float weight, float *sums);
void ck_accumulate_row_f32(ck_level level, const float *row, int width, float weight, float *sums);

/// out[x] = sum of weights[t] * row[starts[x] + t - firsts[x]] for t in firsts[x] ..< firsts[x + 1].
void ck_gather_row_f32(const float *row, int count, const int32_t *starts, const int32_t *firsts, const float *weights,
                       float *out);

/// Each output lies `shares[x]` of the way from row[starts[x]] to the sample behind it. `starts` rises by at most 1 from
/// output to output; CK_ROW_MARGIN floats behind the row may be read, and their values don't matter.
void ck_enlarge_row_f32(ck_level level, const float *row, int count, const int32_t *starts, const float *shares,
                        float *out);
#define CK_ROW_MARGIN 16

/// out[x] = (1 - share) * upper[x] + share * lower[x]; as bytes, rounded and clamped as ck_round_row_u8 does.
void ck_blend_rows_f32(ck_level level, const float *upper, const float *lower, int width, float share, float *out);
void ck_blend_rows_u8(ck_level level, const float *upper, const float *lower, int width, float share, uint8_t *out);

/// Rounded to nearest, ties to even, and clamped.
void ck_round_row_u8(ck_level level, const float *row, int width, uint8_t *out);

/// Rec. 601 luma of interleaved RGB, in 14-bit fixed point, rounded.
void ck_luma_u8(const uint8_t *rgb, size_t count, uint8_t *out);

#endif
