#include <string.h>

#include "cells_elements.h"
#include "ckernels_cells.h"
#include "ckernels_targets.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Where one tile finds what it wants.
typedef struct {
    const float *x, *weights, *residual;
    float *y;
    // The first of its sets of 16 outputs.
    int64_t block;
    // Floats from one step's weights to the next's: the width of the group.
    int64_t weights_step;
} cells_place;

typedef void (*cells_tile)(const nn_product *, const cells_place *);

#define UP_TO_2(X) X(1) X(2)
#define UP_TO_6(X) UP_TO_2(X) X(3) X(4) X(5) X(6)
#define UP_TO_14(X) UP_TO_6(X) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#define UP_TO_28(X) \
    UP_TO_14(X) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28)

// What is read and written last has most time to come; with one line a cell, prefetchers do not foresee it.
static inline __attribute__((always_inline)) void call_results(const nn_product *p, const cells_place *at,
                                                               const int positions, const int cells) {
    for (int cell = 0; cell < cells; cell++) {
        const float *y = at->y + set_offset(at->block + cell, p->y_block, p->y_element);
        const float *residual = at->residual;
        if (residual) residual += set_offset(at->block + cell, p->residual_block, p->residual_element);
        for (int i = 0; i < positions; i++) {
            __builtin_prefetch(y + i * p->y_column, 1, 3);
            if (residual) __builtin_prefetch(residual + i * p->y_column, 0, 3);
        }
    }
}

#include "cells_product_stores.h"

#define MULTIPLY_F32(sum, input, weights) (sum) += *(input) * (weights)

#define CELLS_NAME baseline
#define CELLS_TARGET
#define CELLS_BYTES 16
#define CELLS_MOST 2
#define CELLS_NARROW UP_TO_2
#define CELLS_SUM f32x4
#define CELLS_MULTIPLY MULTIPLY_F32
#define CELLS_STORE store_f32x4
#include "cells_product_body.h"

#define CELLS_NAME bytes
#define CELLS_TARGET
#define CELLS_BYTES 16
#define CELLS_MOST 2
#define CELLS_NARROW UP_TO_2
#define CELLS_SUM s32x4
#define CELLS_MULTIPLY(sum, input, weights) multiply_bytes(&(sum), input, &(weights))
#define CELLS_STORE store_s32x4
#include "cells_product_body.h"

#define CELLS_NAME halves
#define CELLS_TARGET
#define CELLS_BYTES 16
#define CELLS_MOST 2
#define CELLS_NARROW UP_TO_2
#define CELLS_SUM f32x4
#define CELLS_MULTIPLY(sum, input, weights) multiply_halves(&(sum), input, &(weights))
#define CELLS_STORE store_f32x4
#include "cells_product_body.h"

#if defined(__x86_64__)
#define CELLS_NAME avx2
#define CELLS_TARGET CK_TARGET_AVX2
#define CELLS_BYTES 32
#define CELLS_MOST 6
#define CELLS_NARROW UP_TO_6
#define CELLS_SUM f32x8
#define CELLS_MULTIPLY MULTIPLY_F32
#define CELLS_STORE store_f32x8
#include "cells_product_body.h"

#define CELLS_NAME avx512
#define CELLS_TARGET CK_TARGET_AVX512
#define CELLS_BYTES 64
#define CELLS_MOST 28
#define CELLS_NARROW UP_TO_28
#define CELLS_WIDE UP_TO_14
#define CELLS_SUM f32x16
#define CELLS_MULTIPLY MULTIPLY_F32
#define CELLS_STORE store_f32x16
#include "cells_product_body.h"

#define CELLS_NAME vnni
#define CELLS_TARGET CK_TARGET_VNNI
#define CELLS_BYTES 64
#define CELLS_MOST 28
#define CELLS_NARROW UP_TO_28
#define CELLS_WIDE UP_TO_14
#define CELLS_SUM s32x16
#define CELLS_MULTIPLY(sum, input, weights) \
    (sum) = (s32x16)_mm512_dpbusd_epi32((__m512i)(sum), _mm512_set1_epi32(*(const s32 *)(input)), (__m512i)(weights))
#define CELLS_STORE store_s32x16
#include "cells_product_body.h"

#define CELLS_NAME bf16
#define CELLS_TARGET CK_TARGET_BF16
#define CELLS_BYTES 64
#define CELLS_MOST 28
#define CELLS_NARROW UP_TO_28
#define CELLS_WIDE UP_TO_14
#define CELLS_SUM f32x16
#define CELLS_MULTIPLY(sum, input, weights)                                                                     \
    (sum) = (f32x16)_mm512_dpbf16_ps((__m512)(sum), (__m512bh)_mm512_set1_epi32(*(const s32 *)(input)),         \
                                     (__m512bh)(weights))
#define CELLS_STORE store_f32x16
#include "cells_product_body.h"
#endif

#define COUNT(table) ((int64_t)(sizeof(table) / sizeof((table)[0])))

typedef struct {
    // Indexed by positions - 1; `wide` is NULL where two cells of sums do not fit into the registers.
    const cells_tile *narrow, *wide;
    int64_t most_narrow, most_wide;
} tile_table;

#define WITH_WIDE(name) \
    (tile_table) { name##_narrow_tiles, name##_wide_tiles, COUNT(name##_narrow_tiles), COUNT(name##_wide_tiles) }
#define WITHOUT_WIDE(name) \
    (tile_table) { name##_narrow_tiles, 0, COUNT(name##_narrow_tiles), 0 }

static tile_table tiles_of(ck_level level, nn_element element) {
#if defined(__x86_64__)
    if (element == NN_U8 && level >= CK_LEVEL_AVX512 && ck_has_byte_products()) return WITH_WIDE(vnni);
    if (element == NN_BF16 && level >= CK_LEVEL_AVX512 && ck_has_bf16_products()) return WITH_WIDE(bf16);
#endif
    if (element == NN_U8) return WITHOUT_WIDE(bytes);
    if (element == NN_BF16) return WITHOUT_WIDE(halves);
#if defined(__x86_64__)
    if (level >= CK_LEVEL_AVX512) return WITH_WIDE(avx512);
    if (level >= CK_LEVEL_AVX2) return WITHOUT_WIDE(avx2);
#endif
    (void)level;
    return WITHOUT_WIDE(baseline);
}

// All positions of one or two cells of outputs, from block `block` on; `at` holds weights and bias.
static void all_positions(const nn_product *p, const cells_tile *tiles, int64_t most, int64_t block, cells_place at) {
    // Tiles of about the same size: a short last one would leave the multipliers waiting for sums.
    int64_t count = (p->columns + most - 1) / most, each = (p->columns + count - 1) / count;
    for (int64_t row = 0; row < p->rows; row++)
        for (int64_t column = 0; column < p->columns; column += each) {
            int64_t positions = p->columns - column < each ? p->columns - column : each;
            int64_t to = row * p->y_row + column * p->y_column;
            at.block = block;
            at.x = p->x + row * p->x_row + column * NN_CELL;
            at.y = p->y + to;
            at.residual = p->residual ? p->residual + to : 0;
            tiles[positions - 1](p, &at);
        }
}

void nn_cells_product(ck_level level, const nn_product *p, int64_t first_group, int64_t end_group) {
    tile_table table = tiles_of(level, p->element);
    int64_t depth = p->blocks * p->tap_count * NN_CELL;
    for (int64_t group = first_group; group < end_group; group++) {
        int64_t block = 2 * group, cells = p->output_blocks - block > 1 ? 2 : 1;
        cells_place at = {.weights = p->weights + group * depth * NN_GROUP, .weights_step = cells * NN_CELL};
        if (cells == 2 && table.wide)
            all_positions(p, table.wide, table.most_wide, block, at);
        else
            for (int64_t cell = 0; cell < cells; cell++, at.weights += NN_CELL)
                all_positions(p, table.narrow, table.most_narrow, block + cell, at);
    }
}
