// What a processor can do at most, whatever is to be computed: the roofs that benchmarks hold kernels against.
#ifndef CKERNELS_LIMITS_H
#define CKERNELS_LIMITS_H

#include <stdint.h>

#include "ckernels_dispatch.h"

// What is multiplied and added up.
typedef enum {
    // f32 onto f32.
    CK_PRODUCTS_F32 = 0,
    // Pairs of bf16 onto f32.
    CK_PRODUCTS_BF16 = 1,
    // Fours of bytes onto 32 bits.
    CK_PRODUCTS_BYTES = 2
} ck_products;

// Multiplies and adds in registers, without any memory.
// - Returns: the operations done, a multiplication and an addition being two; 0 where the processor has no such
//   products of its own.
int64_t ck_limit_products(ck_level level, ck_products products, int64_t steps);

// Reads `count` floats, a multiple of 64, once.
// - Returns: their sum, so that no compiler leaves the reading out.
float ck_limit_read(const float *x, int64_t count);

// STREAM's triad: y = x + scale * z.
void ck_limit_triad(const float *x, const float *z, float scale, float *y, int64_t count);

#endif
