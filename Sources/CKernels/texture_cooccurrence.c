// Counting pairs of levels: one increment per pixel and direction, so the loop is bound by how soon a count can be
// incremented again. The four directions have tables of their own, and so do even and odd columns.
#include "ckernels_texture.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t *right, *up_right, *up, *up_left;
} directions;

static directions directions_in(uint32_t *tables, int stride) {
    size_t size = (size_t)stride * stride;
    directions d = {tables, tables + size, tables + 2 * size, tables + 3 * size};
    return d;
}

static inline __attribute__((always_inline)) void count_pixel(const uint8_t *row, const uint8_t *above, int x,
                                                              int width, int distance, int stride, directions d) {
    size_t base = (size_t)row[x] * stride;
    int after = x + distance < width;
    if (after) d.right[base + row[x + distance]]++;
    if (!above) return;
    d.up[base + above[x]]++;
    if (after) d.up_right[base + above[x + distance]]++;
    if (x >= distance) d.up_left[base + above[x - distance]]++;
}

static inline __attribute__((always_inline)) void count_inner(const uint8_t *row, const uint8_t *above, int x,
                                                              int distance, int stride, directions d) {
    size_t base = (size_t)row[x] * stride;
    d.right[base + row[x + distance]]++;
    d.up_right[base + above[x + distance]]++;
    d.up[base + above[x]]++;
    d.up_left[base + above[x - distance]]++;
}

static inline __attribute__((always_inline)) void count_row(const uint8_t *row, const uint8_t *above, int width,
                                                            int distance, int stride, directions even,
                                                            directions odd) {
    int x = 0;
    if (above && width > 2 * distance) {
        for (; x < distance; x++) count_pixel(row, above, x, width, distance, stride, even);
        for (; x + 1 < width - distance; x += 2) {
            count_inner(row, above, x, distance, stride, even);
            count_inner(row, above, x + 1, distance, stride, odd);
        }
    }
    for (; x < width; x++) count_pixel(row, above, x, width, distance, stride, even);
}

void ck_cooccurrence_u8(const uint8_t *levels, int width, int height, int distance, int stride, uint32_t *tables) {
    size_t entries = 4 * (size_t)stride * stride;
    // Large tables leave the first cache when there are two of them.
    uint32_t *second = stride <= 64 ? calloc(entries, sizeof *second) : NULL;
    directions even = directions_in(tables, stride), odd = second ? directions_in(second, stride) : even;
    for (int y = 0; y < height; y++) {
        const uint8_t *row = levels + (size_t)y * width;
        const uint8_t *above = y >= distance ? row - (size_t)distance * width : NULL;
        // Written out for the usual settings, where products and steps become constants.
        if (distance == 1 && stride == 32) count_row(row, above, width, 1, 32, even, odd);
        else count_row(row, above, width, distance, stride, even, odd);
    }
    for (size_t i = 0; second && i < entries; i++) tables[i] += second[i];
    free(second);
}

void ck_cooccurrence_masked_u8(const uint8_t *levels, const uint8_t *mask, int width, int height, int distance,
                               int stride, uint32_t *tables) {
    directions d = directions_in(tables, stride);
    for (int y = 0; y < height; y++) {
        const uint8_t *row = levels + (size_t)y * width, *inside = mask + (size_t)y * width;
        size_t up = (size_t)distance * width;
        for (int x = 0; x < width; x++) {
            if (!inside[x]) continue;
            size_t base = (size_t)row[x] * stride;
            int after = x + distance < width;
            if (after && inside[x + distance]) d.right[base + row[x + distance]]++;
            if (y < distance) continue;
            const uint8_t *above = row - up, *inside_above = inside - up;
            if (inside_above[x]) d.up[base + above[x]]++;
            if (after && inside_above[x + distance]) d.up_right[base + above[x + distance]]++;
            if (x >= distance && inside_above[x - distance]) d.up_left[base + above[x - distance]]++;
        }
    }
}
