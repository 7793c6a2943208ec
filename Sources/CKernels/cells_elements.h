// Numbers of lower precision, one at a time: what vector instructions do too.
#ifndef CKERNELS_CELLS_ELEMENTS_H
#define CKERNELS_CELLS_ELEMENTS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ckernels_cells.h"

// To the nearest, ties to even; values are finite.
static inline uint16_t bf16_from_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

static inline float float_from_bf16(uint16_t half) {
    uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint8_t byte_from_float(float value, float inverse, int32_t zero) {
    float rounded = nearbyintf(value * inverse) + (float)zero;
    return (uint8_t)(rounded < 0 ? 0 : rounded > 255 ? 255 : rounded);
}

// Floats between the 16 channels `block` of a position and its first: f32 has one such set in a cell, bf16 two, bytes
// four.
static inline int64_t set_offset(int64_t block, int64_t block_floats, nn_element element) {
    int64_t per = (int64_t)1 << element;
    return (block >> element) * block_floats + (block & (per - 1)) * (NN_CELL >> element);
}

#endif
