#include <string.h>

#include "ckernels_cells.h"
#include "ckernels_targets.h"
#include "ckernels_training.h"

// Image, row and column of a tile's first output.
typedef struct {
    int64_t image, row, column;
} tile_corner;

static inline tile_corner corner_of(const nn_tiling *t, int64_t tile) {
    int64_t each = t->tiles_down * t->tiles_across, within = tile % each;
    return (tile_corner){tile / each, within / t->tiles_across * 4, within % t->tiles_across * 4};
}

// 36 streams are more than prefetchers follow: the next tile's places are called for while this one's are computed.
static inline void call_ahead(const float *place, int64_t step) {
    for (int position = 0; position < NN_WINOGRAD_POSITIONS; position++, place += step)
        __builtin_prefetch(place, 1, 3);
}

// The same tile of the next block: large images come from memory, in short stretches of many rows. Four of its six
// columns, the others being the next tile's.
static inline void call_tile_ahead(const float *corner, int64_t row_floats) {
    for (int row = 0; row < 6; row++)
        for (int column = 0; column < 4; column++)
            __builtin_prefetch(corner + row * row_floats + column * NN_CELL, 0, 2);
}

#define WINOGRAD_NAME winograd_baseline
#define WINOGRAD_TARGET
#define WINOGRAD_BYTES 16
#include "cells_winograd_body.h"

#if defined(__x86_64__)
#define WINOGRAD_NAME winograd_avx2
#define WINOGRAD_TARGET CK_TARGET_AVX2
#define WINOGRAD_BYTES 32
#include "cells_winograd_body.h"

#define WINOGRAD_NAME winograd_avx512
#define WINOGRAD_TARGET CK_TARGET_AVX512
#define WINOGRAD_BYTES 64
#include "cells_winograd_body.h"
#endif

void nn_winograd_input(ck_level level, const float *x, int64_t x_block, int64_t blocks, const nn_tiling *tiling,
                       int64_t first, int64_t end, const float *scale, const float *shift, float *v,
                       int64_t v_position, int64_t v_block) {
#if defined(__x86_64__)
    if (level >= CK_LEVEL_AVX512)
        return winograd_avx512_input(x, x_block, blocks, tiling, first, end, scale, shift, v, v_position, v_block);
    if (level >= CK_LEVEL_AVX2)
        return winograd_avx2_input(x, x_block, blocks, tiling, first, end, scale, shift, v, v_position, v_block);
#endif
    (void)level;
    winograd_baseline_input(x, x_block, blocks, tiling, first, end, scale, shift, v, v_position, v_block);
}

void nn_winograd_output(ck_level level, const float *m, int64_t m_position, int64_t m_block, int64_t blocks,
                        const nn_tiling *tiling, int64_t first, int64_t end, const float *bias, int relu, float *y,
                        int64_t y_block) {
#if defined(__x86_64__)
    if (level >= CK_LEVEL_AVX512)
        return winograd_avx512_output(m, m_position, m_block, blocks, tiling, first, end, bias, relu, y, y_block);
    if (level >= CK_LEVEL_AVX2)
        return winograd_avx2_output(m, m_position, m_block, blocks, tiling, first, end, bias, relu, y, y_block);
#endif
    (void)level;
    winograd_baseline_output(m, m_position, m_block, blocks, tiling, first, end, bias, relu, y, y_block);
}

void nn_winograd_output_gradient(ck_level level, const float *dy, int64_t dy_block, int64_t blocks,
                                 const nn_tiling *tiling, int64_t first, int64_t end, float *v, int64_t v_position,
                                 int64_t v_block) {
#if defined(__x86_64__)
    if (level >= CK_LEVEL_AVX512)
        return winograd_avx512_output_gradient(dy, dy_block, blocks, tiling, first, end, v, v_position, v_block);
    if (level >= CK_LEVEL_AVX2)
        return winograd_avx2_output_gradient(dy, dy_block, blocks, tiling, first, end, v, v_position, v_block);
#endif
    (void)level;
    winograd_baseline_output_gradient(dy, dy_block, blocks, tiling, first, end, v, v_position, v_block);
}

// u := G g of three values, in double: weights are transformed once and used for ever.
static void spread_weights(const double *g, int64_t step, double *u, int64_t u_step) {
    double a = g[0], b = g[step], c = g[2 * step];
    u[0] = a / 4;
    u[u_step] = -(a + b + c) / 6;
    u[2 * u_step] = -(a - b + c) / 6;
    u[3 * u_step] = a / 24 + b / 12 + c / 6;
    u[4 * u_step] = a / 24 - b / 12 + c / 6;
    u[5 * u_step] = c;
}

void nn_winograd_weights(const float *weights, int64_t outputs, int64_t inputs, const float *scale, float *u) {
    int64_t output_blocks = (outputs + NN_CELL - 1) / NN_CELL, blocks = (inputs + NN_CELL - 1) / NN_CELL;
    int64_t position_floats = nn_cells_packed(outputs, inputs, 1);
    for (int64_t output = 0; output < output_blocks * NN_CELL; output++)
        for (int64_t input = 0; input < blocks * NN_CELL; input++) {
            double g[9] = {0}, columns[18], grid[36];
            if (output < outputs && input < inputs)
                for (int i = 0; i < 9; i++)
                    g[i] = (double)weights[(output * inputs + input) * 9 + i] * (scale ? (double)scale[output] : 1);
            for (int column = 0; column < 3; column++) spread_weights(g + column, 3, columns + column, 3);
            for (int row = 0; row < 6; row++) spread_weights(columns + row * 3, 1, grid + row * 6, 1);
            int64_t group = output / NN_GROUP;
            int64_t width = output_blocks * NN_CELL - group * NN_GROUP < NN_GROUP ? NN_CELL : NN_GROUP;
            float *to = u + group * NN_GROUP * blocks * NN_CELL + input * width + output % NN_GROUP;
            for (int position = 0; position < NN_WINOGRAD_POSITIONS; position++)
                to[position * position_floats] = (float)grid[position];
        }
}
