#include <string.h>

#include "ckernels_cells.h"

// Where one tile of one group finds what it wants.
typedef struct {
    const float *x, *weights, *bias, *residual;
    float *y;
    // Floats from one input channel's weights to the next's: the width of the group.
    int64_t weights_step;
} cells_place;

typedef void (*cells_tile)(const nn_product *, const cells_place *);

#define UP_TO_2(X) X(1) X(2)
#define UP_TO_6(X) UP_TO_2(X) X(3) X(4) X(5) X(6)
#define UP_TO_14(X) UP_TO_6(X) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#define UP_TO_28(X)                                                                                          \
    UP_TO_14(X) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28)

#define CELLS_NAME baseline
#define CELLS_TARGET
#define CELLS_BYTES 16
#define CELLS_MOST 2
#define CELLS_NARROW UP_TO_2
#include "cells_product_body.h"

#if defined(__x86_64__)
#define CELLS_NAME avx2
#define CELLS_TARGET __attribute__((target("avx2,fma")))
#define CELLS_BYTES 32
#define CELLS_MOST 6
#define CELLS_NARROW UP_TO_6
#include "cells_product_body.h"

#define CELLS_NAME avx512
#define CELLS_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#define CELLS_BYTES 64
#define CELLS_MOST 28
#define CELLS_NARROW UP_TO_28
#define CELLS_WIDE UP_TO_14
#include "cells_product_body.h"
#endif

#define COUNT(table) ((int64_t)(sizeof(table) / sizeof((table)[0])))

typedef struct {
    // Indexed by positions - 1; `wide` is NULL where two cells of sums do not fit into the registers.
    const cells_tile *narrow, *wide;
    int64_t most_narrow, most_wide;
} tile_table;

static tile_table tiles_of(ck_level level) {
#if defined(__x86_64__)
    if (level >= CK_LEVEL_AVX512)
        return (tile_table){avx512_narrow_tiles, avx512_wide_tiles, COUNT(avx512_narrow_tiles),
                            COUNT(avx512_wide_tiles)};
    if (level >= CK_LEVEL_AVX2) return (tile_table){avx2_narrow_tiles, 0, COUNT(avx2_narrow_tiles), 0};
#endif
    (void)level;
    return (tile_table){baseline_narrow_tiles, 0, COUNT(baseline_narrow_tiles), 0};
}

// All positions of one or two cells of outputs, from block `block` on; `at` holds weights and bias.
static void all_positions(const nn_product *p, const cells_tile *tiles, int64_t most, int64_t block, cells_place at) {
    // Tiles of about the same size: a short last one would leave the multipliers waiting for sums.
    int64_t count = (p->columns + most - 1) / most, each = (p->columns + count - 1) / count;
    for (int64_t row = 0; row < p->rows; row++)
        for (int64_t column = 0; column < p->columns; column += each) {
            int64_t positions = p->columns - column < each ? p->columns - column : each;
            int64_t to = row * p->y_row + column * p->y_column + block * p->y_block;
            at.x = p->x + row * p->x_row + column * NN_CELL;
            at.y = p->y + to;
            at.residual = p->residual ? p->residual + to : 0;
            tiles[positions - 1](p, &at);
        }
}

void nn_cells_product(ck_level level, const nn_product *p, int64_t first_group, int64_t end_group) {
    tile_table table = tiles_of(level);
    int64_t depth = p->blocks * p->tap_count * NN_CELL;
    for (int64_t group = first_group; group < end_group; group++) {
        int64_t block = 2 * group, cells = p->output_blocks - block > 1 ? 2 : 1;
        cells_place at = {.weights = p->weights + group * depth * NN_GROUP, .weights_step = cells * NN_CELL};
        if (cells == 2 && table.wide) {
            at.bias = p->bias ? p->bias + block * NN_CELL : 0;
            all_positions(p, table.wide, table.most_wide, block, at);
        } else
            for (int64_t cell = 0; cell < cells; cell++, at.weights += NN_CELL) {
                at.bias = p->bias ? p->bias + (block + cell) * NN_CELL : 0;
                all_positions(p, table.narrow, table.most_narrow, block + cell, at);
            }
    }
}

static int64_t cells(int64_t channels) { return (channels + NN_CELL - 1) / NN_CELL; }

int64_t nn_cells_packed(int64_t outputs, int64_t inputs, int64_t taps) {
    return cells(outputs) * NN_CELL * cells(inputs) * NN_CELL * taps;
}

void nn_cells_pack(const float *weights, int64_t outputs, int64_t inputs, int64_t by_output, int64_t by_input,
                   const int64_t *tap_offsets, int64_t taps, const float *scale, float *packed) {
    int64_t output_blocks = cells(outputs), blocks = cells(inputs);
    for (int64_t first = 0; first < output_blocks * NN_CELL; first += NN_GROUP) {
        int64_t width = output_blocks * NN_CELL - first < NN_GROUP ? NN_CELL : NN_GROUP;
        for (int64_t block = 0; block < blocks; block++)
            for (int64_t tap = 0; tap < taps; tap++)
                for (int64_t channel = 0; channel < NN_CELL; channel++)
                    for (int64_t lane = 0; lane < width; lane++) {
                        int64_t output = first + lane, input = block * NN_CELL + channel;
                        float value = 0;
                        if (output < outputs && input < inputs)
                            value = weights[output * by_output + input * by_input + tap_offsets[tap]]
                                    * (scale ? scale[output] : 1);
                        *packed++ = value;
                    }
    }
}
