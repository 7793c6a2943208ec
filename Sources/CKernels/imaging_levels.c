// Histograms, look-up tables and windows: one pass over bytes each.
#include "ckernels_imaging.h"
#include "imaging_variants.h"

#include <string.h>

// Four tables, because neighbouring pixels are often equal and an increment of the same count has to wait for the
// one before it.
void ck_histogram_u8(const uint8_t *pixels, size_t count, uint32_t *histogram) {
    uint32_t tables[4][256];
    memset(tables, 0, sizeof tables);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t eight;
        memcpy(&eight, pixels + i, 8);
        tables[0][eight & 255]++;
        tables[1][(eight >> 8) & 255]++;
        tables[2][(eight >> 16) & 255]++;
        tables[3][(eight >> 24) & 255]++;
        tables[0][(eight >> 32) & 255]++;
        tables[1][(eight >> 40) & 255]++;
        tables[2][(eight >> 48) & 255]++;
        tables[3][eight >> 56]++;
    }
    for (; i < count; i++) tables[0][pixels[i]]++;
    for (int level = 0; level < 256; level++)
        histogram[level] += tables[0][level] + tables[1][level] + tables[2][level] + tables[3][level];
}

void ck_histogram_masked_u8(const uint8_t *pixels, const uint8_t *mask, size_t count, uint32_t *histogram) {
    for (size_t i = 0; i < count; i++) histogram[pixels[i]] += mask[i] != 0;
}

static void lookup_scalar(const uint8_t *pixels, size_t count, const uint8_t *table, uint8_t *out) {
    for (size_t i = 0; i < count; i++) out[i] = table[pixels[i]];
}

#if defined(__x86_64__)
// The table as sixteen registers of 16 bytes: the low half of a byte chooses within each, the high half among them.
CK_TARGET_AVX2 static void lookup_avx2(const uint8_t *pixels, size_t count, const uint8_t *table, uint8_t *out) {
    const __m256i low_bits = _mm256_set1_epi8(15);
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        __m256i value = _mm256_loadu_si256((const __m256i *)(pixels + i));
        __m256i low = _mm256_and_si256(value, low_bits);
        __m256i high = _mm256_andnot_si256(low_bits, value);
        __m256i result = _mm256_setzero_si256();
        for (int part = 0; part < 16; part++) {
            __m256i entries = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table + 16 * part)));
            __m256i here = _mm256_cmpeq_epi8(high, _mm256_set1_epi8((char)(part << 4)));
            result = _mm256_or_si256(result, _mm256_and_si256(here, _mm256_shuffle_epi8(entries, low)));
        }
        _mm256_storeu_si256((__m256i *)(out + i), result);
    }
    lookup_scalar(pixels + i, count - i, table, out + i);
}

CK_TARGET_VBMI static void lookup_vbmi(const uint8_t *pixels, size_t count, const uint8_t *table, uint8_t *out) {
    const __m512i t0 = _mm512_loadu_si512(table), t1 = _mm512_loadu_si512(table + 64);
    const __m512i t2 = _mm512_loadu_si512(table + 128), t3 = _mm512_loadu_si512(table + 192);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        __m512i value = _mm512_loadu_si512(pixels + i);
        __m512i dark = _mm512_permutex2var_epi8(t0, value, t1);
        __m512i bright = _mm512_permutex2var_epi8(t2, value, t3);
        _mm512_storeu_si512(out + i, _mm512_mask_blend_epi8(_mm512_movepi8_mask(value), dark, bright));
    }
    lookup_scalar(pixels + i, count - i, table, out + i);
}
#endif

void ck_lookup_u8(ck_level level, const uint8_t *pixels, size_t count, const uint8_t *table, uint8_t *out) {
#if defined(__x86_64__)
    if (level >= CK_LEVEL_AVX512_VBMI) return lookup_vbmi(pixels, count, table, out);
    if (level >= CK_LEVEL_AVX2) return lookup_avx2(pixels, count, table, out);
#endif
    (void)level;
    lookup_scalar(pixels, count, table, out);
}

void ck_lookup_i16(const int16_t *values, size_t count, const uint8_t *table, uint8_t *out) {
    for (size_t i = 0; i < count; i++) out[i] = table[(int)values[i] + 32768];
}

CK_BODY uint8_t windowed(float value, float low, float scale) {
    float grey = (value - low) * scale + 0.5f;
    grey = grey > 0.0f ? grey : 0.0f;
    return (uint8_t)(int32_t)(grey < 255.0f ? grey : 255.0f);
}

#define WINDOW(name, type)                                                                                       \
    CK_BODY void name##_body(const type *values, size_t count, float low, float scale, uint8_t *out) {           \
        for (size_t i = 0; i < count; i++) out[i] = windowed((float)values[i], low, scale);                      \
    }                                                                                                            \
    CK_VARIANTS(name, (const type *values, size_t count, float low, float scale, uint8_t *out),                  \
                (values, count, low, scale, out))

WINDOW(ck_window_i16, int16_t)
WINDOW(ck_window_u16, uint16_t)
WINDOW(ck_window_f32, float)

void ck_luma_u8(const uint8_t *rgb, size_t count, uint8_t *out) {
    // 0.299, 0.587 and 0.114 times 16384; they sum to 16384.
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)((4899u * rgb[3 * i] + 9617u * rgb[3 * i + 1] + 1868u * rgb[3 * i + 2] + 8192u) >> 14);
}
