#include <string.h>

#include "ckernels_training.h"
#include "training_vectors.h"

static int64_t cells(int64_t channels) { return (channels + NN_CELL - 1) / NN_CELL; }

// Packed weights: [group][block][tap][channel][outputs of the group].
typedef struct {
    int64_t output_blocks, blocks, taps;
} packing;

// What a row of the group that holds output block `block` has.
static int64_t width_of(const packing *p, int64_t block) {
    return p->output_blocks - block / 2 * 2 > 1 ? NN_GROUP : NN_CELL;
}

// Where 16 outputs of 16 inputs of a tap begin; rows are width_of apart.
static int64_t place_of(const packing *p, int64_t output_block, int64_t block, int64_t tap) {
    int64_t group = output_block / 2 * NN_GROUP * p->blocks * NN_CELL * p->taps;
    return group + (block * p->taps + tap) * NN_CELL * width_of(p, output_block) + output_block % 2 * NN_CELL;
}

// Interleaves pairs of rows `distance` apart, lane bit by lane bit; after all four, rows and columns are exchanged.
#define EXCHANGE(rows, distance, low, high)                                    \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < NN_CELL; i++) {     \
        if (i & (distance)) continue;                                          \
        cell_f32 one = rows[i], other = rows[i + (distance)];                  \
        rows[i] = __builtin_shufflevector(one, other, low);                    \
        rows[i + (distance)] = __builtin_shufflevector(one, other, high);      \
    }
#define LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31

CK_INLINE void transpose_cells(const float *from, int64_t from_row, float *to, int64_t to_row) {
    cell_f32 rows[NN_CELL];
#pragma clang loop unroll(full)
    for (int i = 0; i < NN_CELL; i++) rows[i] = CONST_CELL_AT(from + i * from_row);
    EXCHANGE(rows, 8, LOW_8, HIGH_8)
    EXCHANGE(rows, 4, LOW_4, HIGH_4)
    EXCHANGE(rows, 2, LOW_2, HIGH_2)
    EXCHANGE(rows, 1, LOW_1, HIGH_1)
#pragma clang loop unroll(full)
    for (int i = 0; i < NN_CELL; i++) CELL_AT(to + i * to_row) = rows[i];
}

CK_CLONES void nn_cells_turn(const float *packed, int64_t outputs, int64_t inputs, int64_t taps, const int64_t *kept,
                             int64_t kept_count, float *turned, int64_t first, int64_t end) {
    packing from = {cells(outputs), cells(inputs), taps}, to = {from.blocks, from.output_blocks, kept_count};
    for (int64_t input = first; input < end; input++)
        for (int64_t output = 0; output < from.output_blocks; output++)
            for (int64_t tap = 0; tap < kept_count; tap++)
                transpose_cells(packed + place_of(&from, output, input, kept[tap]), width_of(&from, output),
                                turned + place_of(&to, input, output, tap), width_of(&to, input));
}

void nn_cells_keep_taps(const float *packed, int64_t outputs, int64_t inputs, int64_t taps, const int64_t *kept,
                        int64_t kept_count, float *out) {
    packing p = {cells(outputs), cells(inputs), taps};
    for (int64_t output = 0; output < p.output_blocks; output += 2) {
        int64_t floats = NN_CELL * width_of(&p, output);
        for (int64_t block = 0; block < p.blocks; block++)
            for (int64_t tap = 0; tap < kept_count; tap++, out += floats)
                memcpy(out, packed + place_of(&p, output, block, kept[tap]), (size_t)floats * sizeof *out);
    }
}

void nn_cells_unpack(const float *packed, int64_t outputs, int64_t inputs, int64_t by_output, int64_t by_input,
                     const int64_t *tap_offsets, int64_t taps, float *weights) {
    packing p = {cells(outputs), cells(inputs), taps};
    for (int64_t output = 0; output < outputs; output++) {
        int64_t block = output / NN_CELL, width = width_of(&p, block);
        for (int64_t input = 0; input < inputs; input++)
            for (int64_t tap = 0; tap < taps; tap++)
                weights[output * by_output + input * by_input + tap_offsets[tap]] =
                    packed[place_of(&p, block, input / NN_CELL, tap) + input % NN_CELL * width + output % NN_CELL];
    }
}
