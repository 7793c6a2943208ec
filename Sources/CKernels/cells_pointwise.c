#include "ckernels_cells.h"
#include "ckernels_clones.h"

CK_CLONES void nn_cells_scale_shift(const float *x, float *y, int64_t pixels, const float *scale, const float *shift,
                                    int relu) {
    float floor = relu ? 0.0f : -__builtin_inff();
    for (int64_t pixel = 0; pixel < pixels; pixel++, x += NN_CELL, y += NN_CELL)
        for (int lane = 0; lane < NN_CELL; lane++) {
            float v = scale[lane] * x[lane] + shift[lane];
            y[lane] = v > floor ? v : floor;
        }
}

CK_CLONES void nn_cells_max_pool(const float *x, float *y, int64_t height, int64_t width, int64_t kernel,
                                 int64_t stride, int64_t padding, int64_t out_height, int64_t out_width) {
    for (int64_t row = 0; row < out_height; row++)
        for (int64_t column = 0; column < out_width; column++, y += NN_CELL) {
            float top[NN_CELL];
            for (int lane = 0; lane < NN_CELL; lane++) top[lane] = -__builtin_inff();
            for (int64_t ky = 0; ky < kernel; ky++) {
                int64_t r = row * stride + ky - padding;
                if (r < 0 || r >= height) continue;
                for (int64_t kx = 0; kx < kernel; kx++) {
                    int64_t c = column * stride + kx - padding;
                    if (c < 0 || c >= width) continue;
                    const float *from = x + (r * width + c) * NN_CELL;
                    for (int lane = 0; lane < NN_CELL; lane++)
                        top[lane] = from[lane] > top[lane] ? from[lane] : top[lane];
                }
            }
            for (int lane = 0; lane < NN_CELL; lane++) y[lane] = top[lane];
        }
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
