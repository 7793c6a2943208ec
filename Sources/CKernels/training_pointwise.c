#include <string.h>

#include "ckernels_training.h"
#include "training_vectors.h"

CK_CLONES void nn_cells_sum(const float *x, int64_t pixels, double *sum) {
    cell_f64 total = {0};
    for (int64_t at = 0; at < pixels; at += CELL_RUN) {
        int64_t end = at + CELL_RUN < pixels ? at + CELL_RUN : pixels;
        cell_f32 run = {0};
        for (int64_t i = at; i < end; i++) run += CONST_CELL_AT(x + i * NN_CELL);
        total += __builtin_convertvector(run, cell_f64);
    }
    for (int lane = 0; lane < NN_CELL; lane++) sum[lane] = total[lane];
}

CK_CLONES void nn_add_to(const float *restrict x, int64_t count, float *restrict y) {
    for (int64_t i = 0; i < count; i++) y[i] += x[i];
}

CK_CLONES void nn_relu_backward(const float *y, const float *dy, int64_t count, int accumulate, float *dx) {
    if (accumulate)
        for (int64_t i = 0; i < count; i++) dx[i] += y[i] > 0 ? dy[i] : 0;
    else
        for (int64_t i = 0; i < count; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

CK_CLONES void nn_cells_average_backward(const float *dy, int64_t pixels, int accumulate, float *dx) {
    cell_f32 each = CONST_CELL_AT(dy) / (float)pixels;
    for (int64_t i = 0; i < pixels * NN_CELL; i += NN_CELL)
        CELL_AT(dx + i) = accumulate ? CELL_AT(dx + i) + each : each;
}

// Rows [top, bottom) and columns [left, right) of x.
typedef struct {
    int64_t top, bottom, left, right;
} window;

static window window_of(int64_t row, int64_t column, int64_t kernel, int64_t height, int64_t width) {
    return (window){row < 0 ? 0 : row, row + kernel < height ? row + kernel : height, column < 0 ? 0 : column,
                    column + kernel < width ? column + kernel : width};
}

// Adds one cell of dy to the places of its window's largest values. `place` counts the window's cells.
CK_INLINE void max_backward(const float *x, const float *dy, float *dx, const window *w, int64_t width) {
    cell_f32 largest = CONST_CELL_AT(x + (w->top * width + w->left) * NN_CELL);
    cell_s32 winner = {0}, place = {0};
    for (int64_t row = w->top; row < w->bottom; row++)
        for (int64_t column = w->left; column < w->right; column++, place += 1) {
            cell_f32 v = CONST_CELL_AT(x + (row * width + column) * NN_CELL);
            cell_s32 more = v > largest;
            largest = (cell_f32)((more & (cell_s32)v) | (~more & (cell_s32)largest));
            winner = (more & place) | (~more & winner);
        }
    place = (cell_s32){0};
    for (int64_t row = w->top; row < w->bottom; row++)
        for (int64_t column = w->left; column < w->right; column++, place += 1)
            CELL_AT(dx + (row * width + column) * NN_CELL) += CELL_WHERE(winner == place, CONST_CELL_AT(dy));
}

CK_CLONES void nn_cells_max_pool_backward(const float *x, const float *dy, float *dx, int64_t height, int64_t width,
                                          int64_t kernel, int64_t stride, int64_t padding, int64_t out_height,
                                          int64_t out_width) {
    for (int64_t row = 0; row < out_height; row++)
        for (int64_t column = 0; column < out_width; column++, dy += NN_CELL) {
            window w = window_of(row * stride - padding, column * stride - padding, kernel, height, width);
            if (w.top < w.bottom && w.left < w.right) max_backward(x, dy, dx, &w, width);
        }
}
