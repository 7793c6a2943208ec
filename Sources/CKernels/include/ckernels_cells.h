// Kernels of the cell engine. A cell is the 64 bytes that 16 adjacent channels of one pixel take in f32: one AVX-512
// register, two of AVX2, four of NEON. A value of `channels` channels is ceil(channels / 16) blocks of such cells:
//
//     x[block][image][row][column][16]
//
// In lower precision the same 64 bytes hold 32 channels of bf16 or 64 unsigned bytes, and nothing but the number of
// channels of a cell changes: a step of a product takes four bytes of the input, one, two or four channels of it.
//
// Channels that do not exist are 0. Pixels of a block are adjacent, so a 1x1 convolution reads its input as it lies;
// blocks are adjacent, so values that are concatenated are neighbours. docs/ENGINE.md has the pictures.
//
// Strides are in floats. No kernel allocates; every kernel writes only where its arguments say.
#ifndef CKERNELS_CELLS_H
#define CKERNELS_CELLS_H

#include <stdint.h>

#include "ckernels_dispatch.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    // Channels of a cell.
    NN_CELL = 16,
    // Output channels that one pass over the input makes: two cells.
    NN_GROUP = 32
};

// What the numbers of a cell are.
typedef enum {
    NN_F32 = 0,
    // 16 bits: f32 without its lower half.
    NN_BF16 = 1,
    // Unsigned bytes: (byte - zero) * scale.
    NN_U8 = 2
} nn_element;

// What a convolution, a step of Winograd's or a transposed convolution comes down to: for every position (row, column)
//
//     y[output] = bias[output] + residual[output]
//               + sum over block, tap, channel of x[block][position + tap][channel] * w[output][block][tap][channel]
typedef struct {
    // What x and the weights are; the weights of bytes are signed ones.
    nn_element element;
    // The cell of position (0, 0) in block 0, where a tap of offset 0 finds it; columns are adjacent cells.
    const float *x;
    int64_t blocks, x_block, x_row;
    // Where each tap's cell lies from the position's own.
    const int64_t *taps;
    int64_t tap_count;
    int64_t rows, columns;
    // Packed by nn_cells_pack.
    const float *weights;
    // As many as the outputs, rounded up to 16; NULL for 0.
    const float *bias;
    // Positions lie like y's; NULL for none. May be y itself: then the product is added to what is there.
    const float *residual;
    int64_t residual_block;
    nn_element residual_element;
    float *y;
    int64_t y_block, y_row, y_column;
    nn_element y_element;
    // Output channels by 16.
    int64_t output_blocks;
    int relu;
    // x and y are in the thread's own cache already: nothing has to be called for ahead of its use.
    int is_near;
    // Bytes: what a product of bytes is worth, for each output (scale of x times scale of its weights); of the
    // residual; and one over that of y.
    const float *scale;
    float residual_scale, y_inverse;
    int32_t residual_zero, y_zero;
} nn_product;

// Makes the groups of output channels [first, end); ceil(output_blocks / 2) there are. Sums of bytes are exact.
void nn_cells_product(ck_level level, const nn_product *product, int64_t first_group, int64_t end_group);

// Floats of packed weights.
int64_t nn_cells_packed(int64_t outputs, int64_t inputs, int64_t taps);

// weights[output * by_output + input * by_input + tap_offsets[tap]], scaled by scale[output] (NULL for 1), to
// [group][block][tap][channel][outputs of the group].
void nn_cells_pack(const float *weights, int64_t outputs, int64_t inputs, int64_t by_output, int64_t by_input,
                   const int64_t *tap_offsets, int64_t taps, const float *scale, float *packed);

// The same for bf16 and signed bytes: `count` is a multiple of 32 or 64 inputs, steps hold two or four channels. Each
// output's bytes are its weights over step[output], rounded.
void nn_cells_pack_bf16(const float *weights, int64_t outputs, int64_t inputs, int64_t taps, const float *scale,
                        float *packed);
void nn_cells_pack_s8(const float *weights, int64_t outputs, int64_t inputs, int64_t taps, const float *scale,
                      const float *step, float *packed);

// f32 cells to cells of another element: `channels` (a multiple of 32 or 64) of some pixels.
void nn_cells_narrow(const float *x, int64_t x_block, int64_t channels, int64_t pixels, nn_element element,
                     float inverse, int32_t zero, float *y, int64_t y_block);

// Smallest and largest of `count` values.
void nn_range(const float *x, int64_t count, float *least, float *most);

// How rows of an image are laid out so that the taps of a k x k convolution find neighbours at constant offsets: padded,
// and with a stride s > 1 the columns sorted by their remainder modulo s, so that outputs side by side read cells side
// by side. Row i, remainder r and cell c lie at ((i * remainders + r) * pitch + c) * NN_CELL.
typedef struct {
    // Of one image of x.
    int64_t height, width;
    // Row and column of x that the layout's first row and cell stand for; negative within padding.
    int64_t top, left;
    // Rows of the layout; row i holds row top + i * row_step of x.
    int64_t rows, row_step;
    int64_t stride, remainders, pitch;
    // The byte that cells outside the image are made of: 0, or where x is of bytes, the one that stands for 0.
    int32_t outside;
} nn_band;

// Fills `out` (blocks x rows x remainders x pitch cells, `out_block` floats a block) from one image. With `scale`, a value
// is max(0, scale * value + shift) of its channel first.
void nn_cells_gather(const float *x, int64_t x_block, int64_t blocks, const nn_band *band, const float *scale,
                     const float *shift, float *out, int64_t out_block);

// Rows [top, top + rows) of planes x[channel][row][column] from column `left` on, `pitch` floats a row, 0 outside the
// image; `left` is not positive.
void nn_pad_planes(const float *planes, int64_t channels, int64_t height, int64_t width, int64_t top, int64_t left,
                   int64_t rows, int64_t pitch, float *out);

// For a network's input, which has few channels and lies plainly, x[channel][row][column]: columns in half cells of 8.
// Half cell channel * kernel + ky holds the taps kx = 0..<kernel (<= 8) and then whatever follows them, which meets
// weights of 0. `padded` holds the rows that output rows [0, rows) read, `pitch` floats each, `padded_channel` a channel.
void nn_cells_columns(const float *padded, int64_t padded_channel, int64_t pitch, int64_t channels, int64_t kernel,
                      int64_t stride, int64_t rows, int64_t columns, float *out, int64_t out_block);

// The same with bytes: planes are narrowed while they are padded, by `zero`, and a cell holds eight rows of the kernel.
void nn_pad_planes_u8(const float *planes, int64_t channels, int64_t height, int64_t width, int64_t top, int64_t left,
                      int64_t rows, int64_t pitch, float inverse, int32_t zero, uint8_t *out);
void nn_cells_columns_u8(const uint8_t *padded, int64_t padded_channel, int64_t pitch, int64_t channels,
                         int64_t kernel, int64_t stride, int64_t rows, int64_t columns, float *out, int64_t out_block);

// Winograd's F(4x4, 3x3): a tile is 4 x 4 outputs, read from 6 x 6 inputs (Lavin and Gray 2016). Tiles are counted
// over images, rows of tiles and tiles of a row.
typedef struct {
    int64_t height, width;
    int64_t tiles_down, tiles_across;
} nn_tiling;

enum { NN_WINOGRAD_POSITIONS = 36 };

// v[position][block][tile - first] = B^T d B of the tiles [first, end); the padding is 1. scale and shift as in
// nn_cells_gather.
void nn_winograd_input(ck_level level, const float *x, int64_t x_block, int64_t blocks, const nn_tiling *tiling,
                       int64_t first, int64_t end, const float *scale, const float *shift, float *v,
                       int64_t v_position, int64_t v_block);

// y = A^T m A + bias of the tiles [first, end), m placed as v is.
void nn_winograd_output(ck_level level, const float *m, int64_t m_position, int64_t m_block, int64_t blocks,
                        const nn_tiling *tiling, int64_t first, int64_t end, const float *bias, int relu, float *y,
                        int64_t y_block);

// G g G^T of stored 3x3 weights [output][input][3][3], scaled by scale[output] (NULL for 1): u[position] is packed as
// nn_cells_pack does for one tap, positions `nn_cells_packed(outputs, inputs, 1)` floats apart.
void nn_winograd_weights(const float *weights, int64_t outputs, int64_t inputs, const float *scale, float *u);

// x[channel][pixel] to cells and back; `pixels` of one image.
void nn_cells_from_planes(const float *planes, int64_t channels, int64_t pixels, float *cells, int64_t block);
void nn_cells_to_planes(const float *cells, int64_t block, int64_t channels, int64_t pixels, float *planes);

// Channels [0, channels) of x to channels [at, at + channels) of y, for concatenations that are no neighbours.
void nn_cells_copy_channels(const float *x, int64_t x_block, int64_t channels, int64_t pixels, float *y,
                            int64_t y_block, int64_t at);

// One block: y = scale * x + shift, and max(0, .) if relu.
void nn_cells_scale_shift(const float *x, float *y, int64_t pixels, const float *scale, const float *shift, int relu);

// One block of one image: the largest in each window, positions outside taking no part.
void nn_cells_max_pool(nn_element element, const float *x, float *y, int64_t height, int64_t width, int64_t kernel,
                       int64_t stride, int64_t padding, int64_t out_height, int64_t out_width);

// One block of one image: the mean of its pixels.
void nn_cells_average(const float *x, float *y, int64_t pixels);

#ifdef __cplusplus
}
#endif
#endif
