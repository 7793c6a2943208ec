// Kernels of Texture.
#ifndef CKERNELS_TEXTURE_H
#define CKERNELS_TEXTURE_H

#include <stddef.h>
#include <stdint.h>

/// Adds to `tables` the pairs of a plane of levels at `distance` pixels in Haralick's four directions: 0 degrees (to
/// the right), 45 (up and right), 90 (up), 135 (up and left), each pair once. `tables` holds 4 x stride x stride
/// counts; the pair (a, b) is at [direction][a][b]. Every level must be below `stride`.
void ck_cooccurrence_u8(const uint8_t *levels, int width, int height, int distance, int stride, uint32_t *tables);

/// The same for pairs whose mask bytes are both not 0.
void ck_cooccurrence_masked_u8(const uint8_t *levels, const uint8_t *mask, int width, int height, int distance,
                               int stride, uint32_t *tables);

#endif
