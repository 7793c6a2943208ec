// Kernels of the neural networks. Activations lie channel by channel, the images of a batch side by side within a
// channel: x[channel][image][row][column]. Concatenation along channels is then adjacency in memory, and a 1x1
// convolution over a whole batch is one matrix product.
#ifndef CKERNELS_NN_H
#define CKERNELS_NN_H

#include <stddef.h>
#include <stdint.h>

#include "ckernels_dispatch.h"

#ifdef __cplusplus
extern "C" {
#endif

// How a window slides over the images of a batch.
typedef struct {
    int64_t images, height, width;
    int64_t kernel, stride, padding;
    int64_t out_height, out_width;
} nn_window;

// Columns of the output positions [begin, end) (image, row, column flattened) for `channels` channels of x:
// columns[(channel * kernel + ky) * kernel + kx][position - begin], 0 where the window leaves the image.
void nn_im2col(const float *x, const nn_window *window, int64_t channels, int64_t begin, int64_t end, float *columns);

// c[row][i] = c[row][i] + bias[row] (+ residual[row][i]), then max(0, .) if relu. Rows are `stride` floats apart in c
// and in residual (NULL for none).
void nn_bias_residual_relu(float *c, int64_t rows, int64_t count, int64_t stride, const float *bias,
                           const float *residual, int relu);

// y[channel][i] = scale[channel] * x[channel][i] + shift[channel], then max(0, .) if relu; `count` values a channel.
void nn_scale_shift_relu(const float *x, float *y, int64_t channels, int64_t count, const float *scale,
                         const float *shift, int relu);

// y = x + other, then max(0, .) if relu.
void nn_add_relu(const float *x, const float *other, float *y, int64_t count, int relu);

// y = max(0, x).
void nn_relu(const float *x, float *y, int64_t count);

// Largest value in each window; positions outside the image take no part.
void nn_max_pool(const float *x, float *y, const nn_window *window, int64_t channels);

// y[channel][image] = mean of x[channel][image] over `area` pixels.
void nn_global_average(const float *x, float *y, int64_t channels, int64_t images, int64_t area);

// Transposed convolution's second half: adds columns[(channel * kernel + ky) * kernel + kx][input position] to
// y[channel] at (row * stride + ky - top, column * stride + kx - left), dropping what falls outside; starts from
// bias[channel]. The window's height and width are the input's, out_height and out_width those of y.
void nn_col2im(const float *columns, const nn_window *window, int64_t channels, int64_t top, int64_t left,
               const float *bias, float *y);

// Widening of stored values.
void nn_widen_bf16(const uint8_t *bytes, float *out, int64_t count);
void nn_widen_f16(const uint8_t *bytes, float *out, int64_t count);

// matrix[row][i] *= scale[row]; `count` values a row.
void nn_scale_rows(float *matrix, int64_t rows, int64_t count, const float *scale);

// Index of the first value that is NaN or infinite, -1 when there is none.
int64_t nn_first_not_finite(const float *values, int64_t count);

#ifdef __cplusplus
}
#endif
#endif
