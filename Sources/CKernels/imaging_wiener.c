// Adaptive Wiener filter, 3 x 3, in exact integers up to the last step: with S the sum and Q the sum of squares of the
// nine pixels, the mean is S / 9 and the variance (9 Q - S^2) / 81, and 9 Q - S^2 < 2^23 is exact as a float too.
#include "ckernels_imaging.h"
#include "imaging_variants.h"

#include <string.h>

// Sums over three rows, with one column more on either side.
typedef struct {
    uint16_t *sums;
    uint32_t *squares;
    uint8_t *zeros;
} columns;

size_t ck_wiener3_scratch(int width) {
    return ((size_t)width + 2) * (sizeof(uint32_t) + sizeof(uint16_t)) + (size_t)width;
}

static columns columns_in(void *scratch, int width) {
    columns c;
    c.squares = (uint32_t *)scratch + 1;
    c.sums = (uint16_t *)((uint32_t *)scratch + width + 2) + 1;
    c.zeros = (uint8_t *)(c.sums + width + 1);
    memset(c.zeros, 0, (size_t)width);
    return c;
}

CK_BODY void fill_columns(const uint8_t *pixels, int width, int height, int zero_border, int row, columns c) {
    const uint8_t *middle = pixels + (size_t)row * width;
    const uint8_t *above = row > 0 ? middle - width : zero_border ? c.zeros : middle;
    const uint8_t *below = row + 1 < height ? middle + width : zero_border ? c.zeros : middle;
    uint16_t *restrict sums = c.sums;
    uint32_t *restrict squares = c.squares;
    for (int x = 0; x < width; x++) {
        uint32_t a = above[x], b = middle[x], d = below[x];
        sums[x] = (uint16_t)(a + b + d);
        squares[x] = a * a + b * b + d * d;
    }
    sums[-1] = zero_border ? 0 : sums[0];
    squares[-1] = zero_border ? 0 : squares[0];
    sums[width] = zero_border ? 0 : sums[width - 1];
    squares[width] = zero_border ? 0 : squares[width - 1];
}

CK_BODY int32_t scaled_variance(const uint16_t *sums, const uint32_t *squares, int x, int32_t *sum) {
    int32_t s = sums[x - 1] + sums[x] + sums[x + 1];
    *sum = s;
    return 9 * (int32_t)(squares[x - 1] + squares[x] + squares[x + 1]) - s * s;
}

// The sum of 9 Q - S^2 over 256 pixels stays below 2^32.
CK_BODY uint64_t variance_of_row(int width, columns c) {
    uint64_t total = 0;
    for (int start = 0; start < width; start += 256) {
        int end = start + 256 < width ? start + 256 : width;
        uint32_t part = 0;
        int32_t sum;
        for (int x = start; x < end; x++) part += (uint32_t)scaled_variance(c.sums, c.squares, x, &sum);
        total += part;
    }
    return total;
}

CK_BODY void filter_row(const uint8_t *restrict row, int width, columns c, float noise, uint8_t *restrict out) {
    for (int x = 0; x < width; x++) {
        int32_t sum;
        float variance = (float)scaled_variance(c.sums, c.squares, x, &sum);
        float excess = variance - noise;
        float larger = variance > noise ? variance : noise;
        float gain = (excess > 0.0f ? excess : 0.0f) / (larger > 1e-6f ? larger : 1e-6f);
        float value = ((float)sum + gain * (float)(9 * (int32_t)row[x] - sum)) / 9.0f;
        // Adding and taking away 2^23 rounds to nearest, ties to even; the value lies in 0...255, as it is between
        // the mean and the pixel.
        out[x] = (uint8_t)(int32_t)((value + 8388608.0f) - 8388608.0f);
    }
}

CK_BODY void ck_wiener3_u8_body(const uint8_t *pixels, int width, int height, int zero_border, void *scratch,
                                uint8_t *out) {
    if (width <= 0 || height <= 0) return;
    columns c = columns_in(scratch, width);
    uint64_t total = 0;
    for (int y = 0; y < height; y++) {
        fill_columns(pixels, width, height, zero_border, y, c);
        total += variance_of_row(width, c);
    }
    float noise = (float)((double)total / ((double)width * (double)height));
    for (int y = 0; y < height; y++) {
        fill_columns(pixels, width, height, zero_border, y, c);
        filter_row(pixels + (size_t)y * width, width, c, noise, out + (size_t)y * width);
    }
}

CK_VARIANTS(ck_wiener3_u8,
            (const uint8_t *pixels, int width, int height, int zero_border, void *scratch, uint8_t *out),
            (pixels, width, height, zero_border, scratch, out))

typedef struct {
    int32_t count, sum, squares;
} window_sums;

static window_sums masked_sums(const uint8_t *pixels, const uint8_t *mask, int width, int height, int x, int y) {
    window_sums s = {0, 0, 0};
    for (int v = y > 0 ? y - 1 : 0; v <= y + 1 && v < height; v++) {
        for (int u = x > 0 ? x - 1 : 0; u <= x + 1 && u < width; u++) {
            size_t i = (size_t)v * width + u;
            if (!mask[i]) continue;
            s.count += 1;
            s.sum += pixels[i];
            s.squares += (int32_t)pixels[i] * pixels[i];
        }
    }
    return s;
}

static double variance_of(window_sums s) {
    return (double)(s.count * s.squares - s.sum * s.sum) / (double)(s.count * s.count);
}

void ck_wiener3_masked_u8(const uint8_t *pixels, const uint8_t *mask, int width, int height, uint8_t *out) {
    double total = 0;
    size_t inside = 0;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            if (!mask[(size_t)y * width + x]) continue;
            total += variance_of(masked_sums(pixels, mask, width, height, x, y));
            inside += 1;
        }
    }
    double noise = inside ? total / (double)inside : 0;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            size_t i = (size_t)y * width + x;
            out[i] = pixels[i];
            if (!mask[i]) continue;
            window_sums s = masked_sums(pixels, mask, width, height, x, y);
            double mean = (double)s.sum / s.count, variance = variance_of(s);
            double excess = variance > noise ? variance - noise : 0, larger = variance > noise ? variance : noise;
            double value = mean + excess / (larger > 1e-12 ? larger : 1e-12) * (pixels[i] - mean);
            out[i] = (uint8_t)__builtin_rint(value);
        }
    }
}
