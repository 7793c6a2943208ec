#include <string.h>

#include "cells_elements.h"
#include "ckernels_cells.h"
#include "ckernels_targets.h"

// Cells are moved as they are, or activated: max(0, a * x + b).
CK_CLONES static void move_cells(const float *x, int64_t count, int64_t step, const float *a, const float *b,
                                 float *out) {
    if (!a) {
        if (step == 1)
            memcpy(out, x, (size_t)count * NN_CELL * sizeof(float));
        else
            for (int64_t i = 0; i < count; i++)
                memcpy(out + i * NN_CELL, x + i * step * NN_CELL, NN_CELL * sizeof(float));
        return;
    }
    for (int64_t i = 0; i < count; i++, x += step * NN_CELL, out += NN_CELL)
        for (int lane = 0; lane < NN_CELL; lane++) {
            float v = a[lane] * x[lane] + b[lane];
            out[lane] = v > 0 ? v : 0;
        }
}

// One row of the layout that has one row of x behind it.
static void gather_row(const float *line, const nn_band *band, const float *a, const float *b, float *out) {
    for (int64_t r = 0; r < band->remainders; r++, out += band->pitch * NN_CELL) {
        // Cell c holds column left + r + c * stride of x; those inside are [begin, end).
        int64_t start = band->left + r;
        int64_t begin = start >= 0 ? 0 : (-start + band->stride - 1) / band->stride;
        int64_t end = start >= band->width ? 0 : (band->width - 1 - start) / band->stride + 1;
        if (begin > band->pitch) begin = band->pitch;
        if (end > band->pitch) end = band->pitch;
        if (end < begin) end = begin;
        memset(out, band->outside, (size_t)begin * NN_CELL * sizeof(float));
        if (end > begin)
            move_cells(line + (start + begin * band->stride) * NN_CELL, end - begin, band->stride, a, b,
                       out + begin * NN_CELL);
        memset(out + end * NN_CELL, band->outside, (size_t)(band->pitch - end) * NN_CELL * sizeof(float));
    }
}

void nn_cells_gather(const float *x, int64_t x_block, int64_t blocks, const nn_band *band, const float *scale,
                     const float *shift, float *out, int64_t out_block) {
    int64_t row_floats = band->remainders * band->pitch * NN_CELL;
    for (int64_t block = 0; block < blocks; block++) {
        const float *a = scale ? scale + block * NN_CELL : 0, *b = shift ? shift + block * NN_CELL : 0;
        for (int64_t i = 0; i < band->rows; i++) {
            int64_t row = band->top + i * band->row_step;
            float *to = out + block * out_block + i * row_floats;
            if (row < 0 || row >= band->height)
                memset(to, band->outside, (size_t)row_floats * sizeof(float));
            else
                gather_row(x + block * x_block + row * band->width * NN_CELL, band, a, b, to);
        }
    }
}

// Columns of numbers of `size` bytes, a constant where this is inlined; `pitch` and `padded_channel` count numbers.
static inline __attribute__((always_inline)) void columns_of(const uint8_t *padded, int64_t padded_channel,
                                                             int64_t pitch, int64_t channels, int64_t kernel,
                                                             int64_t stride, int64_t rows, int64_t columns, float *out,
                                                             int64_t out_block, const int64_t size) {
    const int64_t cell = NN_CELL * (int64_t)sizeof(float), slot = 8 * size, per_cell = cell / slot;
    int64_t slots = channels * kernel, filled = (slots + per_cell - 1) / per_cell * per_cell;
    for (int64_t row = 0; row < rows; row++)
        for (int64_t i = 0; i < filled; i++) {
            uint8_t *to = (uint8_t *)(out + i / per_cell * out_block + row * columns * NN_CELL) + i % per_cell * slot;
            const uint8_t *from = padded + (i / kernel * padded_channel + (row * stride + i % kernel) * pitch) * size;
            for (int64_t column = 0; column < columns; column++)
                if (i < slots)
                    memcpy(to + column * cell, from + column * stride * size, (size_t)slot);
                else
                    memset(to + column * cell, 0, (size_t)slot);
        }
}

void nn_cells_columns(const float *padded, int64_t padded_channel, int64_t pitch, int64_t channels, int64_t kernel,
                      int64_t stride, int64_t rows, int64_t columns, float *out, int64_t out_block) {
    columns_of((const uint8_t *)padded, padded_channel, pitch, channels, kernel, stride, rows, columns, out, out_block,
               sizeof(float));
}

void nn_cells_columns_u8(const uint8_t *padded, int64_t padded_channel, int64_t pitch, int64_t channels,
                         int64_t kernel, int64_t stride, int64_t rows, int64_t columns, float *out,
                         int64_t out_block) {
    columns_of(padded, padded_channel, pitch, channels, kernel, stride, rows, columns, out, out_block, 1);
}

void nn_pad_planes(const float *planes, int64_t channels, int64_t height, int64_t width, int64_t top, int64_t left,
                   int64_t rows, int64_t pitch, float *out) {
    for (int64_t channel = 0; channel < channels; channel++)
        for (int64_t row = top; row < top + rows; row++, out += pitch) {
            memset(out, 0, (size_t)pitch * sizeof(float));
            if (row < 0 || row >= height) continue;
            int64_t count = width < pitch + left ? width : pitch + left;
            memcpy(out - left, planes + (channel * height + row) * width, (size_t)count * sizeof(float));
        }
}

CK_CLONES static void bytes_from_floats(const float *x, int64_t count, float inverse, int32_t zero, uint8_t *out) {
    for (int64_t i = 0; i < count; i++) out[i] = byte_from_float(x[i], inverse, zero);
}

void nn_pad_planes_u8(const float *planes, int64_t channels, int64_t height, int64_t width, int64_t top, int64_t left,
                      int64_t rows, int64_t pitch, float inverse, int32_t zero, uint8_t *out) {
    for (int64_t channel = 0; channel < channels; channel++)
        for (int64_t row = top; row < top + rows; row++, out += pitch) {
            memset(out, zero, (size_t)pitch);
            if (row < 0 || row >= height) continue;
            int64_t count = width < pitch + left ? width : pitch + left;
            bytes_from_floats(planes + (channel * height + row) * width, count, inverse, zero, out - left);
        }
}

void nn_cells_from_planes(const float *planes, int64_t channels, int64_t pixels, float *cells, int64_t block) {
    for (int64_t first = 0; first < channels; first += NN_CELL, cells += block)
        for (int64_t pixel = 0; pixel < pixels; pixel++)
            for (int64_t lane = 0; lane < NN_CELL; lane++)
                cells[pixel * NN_CELL + lane] = first + lane < channels ? planes[(first + lane) * pixels + pixel] : 0;
}

void nn_cells_to_planes(const float *cells, int64_t block, int64_t channels, int64_t pixels, float *planes) {
    for (int64_t channel = 0; channel < channels; channel++) {
        const float *from = cells + channel / NN_CELL * block + channel % NN_CELL;
        for (int64_t pixel = 0; pixel < pixels; pixel++) *planes++ = from[pixel * NN_CELL];
    }
}

void nn_cells_copy_channels(const float *x, int64_t x_block, int64_t channels, int64_t pixels, float *y,
                            int64_t y_block, int64_t at) {
    for (int64_t channel = 0; channel < channels; channel++) {
        const float *from = x + channel / NN_CELL * x_block + channel % NN_CELL;
        float *to = y + (at + channel) / NN_CELL * y_block + (at + channel) % NN_CELL;
        for (int64_t pixel = 0; pixel < pixels; pixel++) to[pixel * NN_CELL] = from[pixel * NN_CELL];
    }
}

CK_CLONES static void narrow_to_halves(const float *x, int64_t pixels, float *y) {
    for (int64_t pixel = 0; pixel < pixels; pixel++, x += NN_CELL, y += NN_CELL)
        for (int lane = 0; lane < NN_CELL; lane++) ((uint16_t *)y)[lane] = bf16_from_float(x[lane]);
}

CK_CLONES static void narrow_to_bytes(const float *x, int64_t pixels, float inverse, int32_t zero, float *y) {
    for (int64_t pixel = 0; pixel < pixels; pixel++, x += NN_CELL, y += NN_CELL)
        for (int lane = 0; lane < NN_CELL; lane++) ((uint8_t *)y)[lane] = byte_from_float(x[lane], inverse, zero);
}

void nn_cells_narrow(const float *x, int64_t x_block, int64_t channels, int64_t pixels, nn_element element,
                     float inverse, int32_t zero, float *y, int64_t y_block) {
    for (int64_t set = 0; set < channels / NN_CELL; set++) {
        float *to = y + set_offset(set, y_block, element);
        if (element == NN_BF16)
            narrow_to_halves(x + set * x_block, pixels, to);
        else
            narrow_to_bytes(x + set * x_block, pixels, inverse, zero, to);
    }
}
