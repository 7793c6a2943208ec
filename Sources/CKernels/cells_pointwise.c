#include "cells_elements.h"
#include "ckernels_cells.h"
#include "ckernels_targets.h"

CK_CLONES void nn_cells_scale_shift(const float *x, float *y, int64_t pixels, const float *scale, const float *shift,
                                    int relu) {
    float floor = relu ? 0.0f : -__builtin_inff();
    for (int64_t pixel = 0; pixel < pixels; pixel++, x += NN_CELL, y += NN_CELL)
        for (int lane = 0; lane < NN_CELL; lane++) {
            float v = scale[lane] * x[lane] + shift[lane];
            y[lane] = v > floor ? v : floor;
        }
}

// One cell after the other: `count` numbers of `type`, compared as `value` has them.
#define DEFINE_MAX_POOL(name, type, count, lowest, value)                                                          \
    CK_CLONES static void name(const type *x, type *y, int64_t height, int64_t width, int64_t kernel,              \
                               int64_t stride, int64_t padding, int64_t out_height, int64_t out_width) {           \
        for (int64_t row = 0; row < out_height; row++) {                                                           \
            int64_t top = row * stride - padding, first = top < 0 ? 0 : top;                                       \
            int64_t end = top + kernel < height ? top + kernel : height;                                           \
            for (int64_t column = 0; column < out_width; column++, y += count) {                                   \
                int64_t left = column * stride - padding, from = left < 0 ? 0 : left;                              \
                int64_t to = left + kernel < width ? left + kernel : width;                                        \
                type largest[count];                                                                               \
                for (int lane = 0; lane < count; lane++) largest[lane] = lowest;                                   \
                for (int64_t r = first; r < end; r++)                                                              \
                    for (int64_t c = from; c < to; c++) {                                                          \
                        const type *in = x + (r * width + c) * count;                                              \
                        for (int lane = 0; lane < count; lane++)                                                   \
                            largest[lane] = value(in[lane]) > value(largest[lane]) ? in[lane] : largest[lane];     \
                    }                                                                                              \
                for (int lane = 0; lane < count; lane++) y[lane] = largest[lane];                                  \
            }                                                                                                      \
        }                                                                                                          \
    }

DEFINE_MAX_POOL(max_pool_floats, float, NN_CELL, -__builtin_inff(), )
DEFINE_MAX_POOL(max_pool_halves, uint16_t, 2 * NN_CELL, 0xff80, float_from_bf16)
DEFINE_MAX_POOL(max_pool_bytes, uint8_t, 4 * NN_CELL, 0, )

void nn_cells_max_pool(nn_element element, const float *x, float *y, int64_t height, int64_t width, int64_t kernel,
                       int64_t stride, int64_t padding, int64_t out_height, int64_t out_width) {
    if (element == NN_U8)
        max_pool_bytes((const uint8_t *)x, (uint8_t *)y, height, width, kernel, stride, padding, out_height, out_width);
    else if (element == NN_BF16)
        max_pool_halves((const uint16_t *)x, (uint16_t *)y, height, width, kernel, stride, padding, out_height,
                        out_width);
    else
        max_pool_floats(x, y, height, width, kernel, stride, padding, out_height, out_width);
}

CK_CLONES void nn_cells_average(const float *x, float *y, int64_t pixels) {
    double sums[NN_CELL] = {0};
    for (int64_t pixel = 0; pixel < pixels; pixel++, x += NN_CELL)
        for (int lane = 0; lane < NN_CELL; lane++) sums[lane] += (double)x[lane];
    for (int lane = 0; lane < NN_CELL; lane++) y[lane] = (float)(sums[lane] / (double)pixels);
}

CK_CLONES void nn_range(const float *x, int64_t count, float *least, float *most) {
    float low = __builtin_inff(), high = -__builtin_inff();
    for (int64_t i = 0; i < count; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    *least = low;
    *most = high;
}
