// Kernels of backward passes, on cells (ckernels_cells.h). Weights that are trained lie as products read them,
//
//     w[group][block][tap][channel][outputs of the group]
//
// (nn_cells_pack), and so do their gradients: channels that do not exist have weights and gradients of 0.
//
// Sums over positions are taken in a fixed order, so that equal work gives equal bits.
#ifndef CKERNELS_TRAINING_H
#define CKERNELS_TRAINING_H

#include <stdint.h>

#include "ckernels_cells.h"

#ifdef __cplusplus
extern "C" {
#endif

// The weight gradient of a convolution comes down to: for every block, tap, channel and output
//
//     grad[output][block][tap][channel] (+)= sum over row, column of
//         x[block][row * x_row + column * x_column + tap][channel] * dy[output][row * dy_row + column * dy_column]
typedef struct {
    const float *x;
    int64_t x_block, x_row, x_column;
    // Where each tap's cell lies from the position's own.
    const int64_t *taps;
    int64_t tap_count;
    int64_t rows, columns;
    const float *dy;
    int64_t dy_block, dy_row, dy_column;
    // Output channels by 16.
    int64_t output_blocks;
    // The first tap of group 0, block 0; tap t lies t * 16 * (outputs of the group) further.
    float *grad;
    // Floats between groups, and between the blocks of a group of 32 outputs (half as many where it has 16).
    int64_t grad_group, grad_block;
    // Whether to add to what is there.
    int accumulate;
} nn_outer;

// Makes input blocks [first_block, end_block) of the groups [first_group, end_group). However the ranges are cut, a
// gradient has the same bits.
void nn_cells_outer(ck_level level, const nn_outer *outer, int64_t first_block, int64_t end_block, int64_t first_group,
                    int64_t end_group);

// v[position][block][tile - first] = A dy A^T of the tiles [first, end): the 4 x 4 outputs of each, 0 outside the
// image. With v of nn_winograd_input, the sum of their outer products over tiles is the gradient of the transformed
// weights.
void nn_winograd_output_gradient(ck_level level, const float *dy, int64_t dy_block, int64_t blocks,
                                 const nn_tiling *tiling, int64_t first, int64_t end, float *v, int64_t v_position,
                                 int64_t v_block);

// Cells of 16 x `count` numbers each: w[count][9][16][width] to u[position][count][16][width], u = G w G^T, and back,
// grad[count][9][16][width] = G^T u G. `count` is a group's input blocks, `width` 16 or 32; positions are u_position
// floats apart.
void nn_winograd_packed_weights(const float *w, int64_t count, int64_t width, float *u, int64_t u_position);
void nn_winograd_weights_gradient(const float *u, int64_t u_position, int64_t count, int64_t width, float *grad);

// The weights of the data gradient: what was input becomes output. From packed weights of `outputs` x `inputs` x `taps`
// (channel numbers, rounded up to whole cells) to packed weights of inputs x outputs x kept_count, whose tap j is the
// tap kept[j]. `first` and `end` say which blocks of 16 inputs are made.
void nn_cells_turn(const float *packed, int64_t outputs, int64_t inputs, int64_t taps, const int64_t *kept,
                   int64_t kept_count, float *turned, int64_t first, int64_t end);

// The same weights with some taps alone.
void nn_cells_keep_taps(const float *packed, int64_t outputs, int64_t inputs, int64_t taps, const int64_t *kept,
                        int64_t kept_count, float *out);

// The inverse of nn_cells_pack without scale.
void nn_cells_unpack(const float *packed, int64_t outputs, int64_t inputs, int64_t by_output, int64_t by_input,
                     const int64_t *tap_offsets, int64_t taps, float *weights);

// What follows works on one block: `pixels` cells, 16 numbers for its channels.

// mean and (biased) variance of each channel; at least one pixel.
void nn_cells_moments(const float *x, int64_t pixels, float *mean, float *variance);

// y = scale * x + shift (+ residual), then max(0, .) if relu. residual may be NULL; y may be x or residual.
void nn_cells_normalize(const float *x, int64_t pixels, const float *scale, const float *shift, const float *residual,
                        int relu, float *y);

// The backward pass of normalisation, y = r(scale * x + shift (+ residual)), in two passes. g is what reaches the
// normalisation: dy, or 0 where r is ReLU and its result is not above 0; `y` tells so, or where it is NULL, scale * x +
// shift. First: sum_g = sum of g, sum_gx = sum of g * (x - mean); g is written to `masked` (may be dy itself, or NULL).
void nn_cells_norm_sums(const float *x, const float *dy, const float *y, int64_t pixels, const float *scale,
                        const float *shift, const float *mean, int relu, float *masked, double *sum_g, double *sum_gx);
// Second: dx (+)= by_g * g + by_x * x + constant. dx may be dy.
void nn_cells_norm_backward(const float *x, const float *dy, const float *y, int64_t pixels, const float *scale,
                            const float *shift, int relu, const float *by_g, const float *by_x, const float *constant,
                            int accumulate, float *dx);

// sum[lane] = sum of x over pixels.
void nn_cells_sum(const float *x, int64_t pixels, double *sum);

// y += x; `count` floats.
void nn_add_to(const float *x, int64_t count, float *y);

// The backward pass of ReLU alone: dx (+)= y > 0 ? dy : 0.
void nn_relu_backward(const float *y, const float *dy, int64_t count, int accumulate, float *dx);

// One block of one image; adds dy to the place of each window's largest value (the first of equals, row by row).
void nn_cells_max_pool_backward(const float *x, const float *dy, float *dx, int64_t height, int64_t width,
                                int64_t kernel, int64_t stride, int64_t padding, int64_t out_height, int64_t out_width);

// One block of one image: dx (+)= dy / pixels.
void nn_cells_average_backward(const float *dy, int64_t pixels, int accumulate, float *dx);

// x[i] := x[i] / (1 - share) or 0, the latter for `share` of all i. Which they are follows from seed and first + i
// alone, so that the backward pass drops the same.
void nn_dropout(float *x, int64_t count, float share, uint64_t seed, uint64_t first);

// SGD with momentum: g = factor * gradient + decay * w; v = momentum * v + g;
// w -= rate * (nesterov ? g + momentum * v : v).
void nn_sgd_step(float *w, float *v, const float *gradient, int64_t count, float factor, float decay, float momentum,
                 float rate, int nesterov);

// Adam with decay apart: w -= decay * w; g = factor * gradient; m += (1 - beta1) * (g - m); v += (1 - beta2) * (g * g - v);
// w -= rate * m / (root * sqrt(v) + epsilon). The caller corrects the moments' beginning by decay, rate and root.
typedef struct {
    float factor, decay, beta1, beta2, rate, root, epsilon;
} nn_adam_rule;
void nn_adam_step(float *w, float *m, float *v, const float *gradient, int64_t count, nn_adam_rule rule);

// average += share * (x - average).
void nn_average_towards(const float *x, int64_t count, float share, float *average);

// Sum of squares, in double, in a fixed order.
double nn_square_sum(const float *x, int64_t count);

// Softmax cross-entropy over the first `classes` (<= 8) channels of `pixels` cells. A label is a set of classes, bit c
// for class c: the loss of a set S is -weight(S) * log of the sum of its classes' probabilities, where weight(S) is the
// mean of weight[c] over S; for one class this is the usual loss. The empty set takes no part. With smoothing, counted
// as in PyTorch, sets of one class t have the loss
//     -(1 - smoothing) * weight[t] * log p[t] - smoothing / classes * sum of weight[c] * log p[c].
// gradient = factor * d loss / d logits (NULL for none; other channels get 0). Returns the loss summed over pixels and
// adds their labels' weights to *weight_sum.
double nn_cells_cross_entropy(const float *logits, const uint8_t *labels, int64_t pixels, int64_t classes,
                              const float *weight, float smoothing, float factor, float *gradient, double *weight_sum);

#ifdef __cplusplus
}
#endif
#endif
