#include "ckernels_training.h"
#include "training_vectors.h"

#define WIDE(v) __builtin_convertvector(v, cell_f64)

// The sums are taken of what differs from the first pixel, so that a mean far from 0 costs the variance no digits.
CK_CLONES void nn_cells_moments(const float *x, int64_t pixels, float *mean, float *variance) {
    cell_f32 first = CONST_CELL_AT(x);
    cell_f64 sum = {0}, squares = {0};
    for (int64_t at = 0; at < pixels; at += CELL_RUN) {
        int64_t end = at + CELL_RUN < pixels ? at + CELL_RUN : pixels;
        cell_f32 run = {0}, run_squares = {0};
        for (int64_t i = at; i < end; i++) {
            cell_f32 d = CONST_CELL_AT(x + i * NN_CELL) - first;
            run += d;
            run_squares += d * d;
        }
        sum += WIDE(run);
        squares += WIDE(run_squares);
    }
    for (int lane = 0; lane < NN_CELL; lane++) {
        double away = sum[lane] / (double)pixels, spread = squares[lane] / (double)pixels - away * away;
        mean[lane] = (float)((double)first[lane] + away);
        variance[lane] = spread > 0 ? (float)spread : 0;
    }
}

CK_CLONES void nn_cells_normalize(const float *x, int64_t pixels, const float *scale, const float *shift,
                                  const float *residual, int relu, float *y) {
    cell_f32 a = CONST_CELL_AT(scale), b = CONST_CELL_AT(shift);
    cell_f32 floor = (cell_f32){0} - (relu ? 0.0f : __builtin_inff());
    for (int64_t i = 0; i < pixels * NN_CELL; i += NN_CELL) {
        cell_f32 v = a * CONST_CELL_AT(x + i) + b;
        if (residual) v += CONST_CELL_AT(residual + i);
        CELL_AT(y + i) = __builtin_elementwise_max(v, floor);
    }
}

// What tells where ReLU let pass: constants where functions below are inlined.
enum { PASS_ALL, PASS_BY_RESULT, PASS_BY_INPUT };

static int passing(const float *y, int relu) { return !relu ? PASS_ALL : y ? PASS_BY_RESULT : PASS_BY_INPUT; }

// g := dy where ReLU let pass, 0 elsewhere; what came out is computed again as nn_cells_normalize computed it.
CK_INLINE void passed(const int pass, const float *dy, const float *y, const cell_f32 *x, const cell_f32 *scale,
                      const cell_f32 *shift, cell_f32 *g) {
    *g = CONST_CELL_AT(dy);
    if (pass == PASS_BY_RESULT) *g = CELL_WHERE(CONST_CELL_AT(y) > 0, *g);
    if (pass == PASS_BY_INPUT) *g = CELL_WHERE(*scale * *x + *shift > 0, *g);
}

CK_INLINE void norm_sums(const int pass, const float *x, const float *dy, const float *y, int64_t pixels,
                         const float *scale, const float *shift, const float *mean, float *masked, double *sum_g,
                         double *sum_gx) {
    cell_f32 a = CONST_CELL_AT(scale), b = CONST_CELL_AT(shift), middle = CONST_CELL_AT(mean);
    cell_f64 sum = {0}, products = {0};
    for (int64_t at = 0; at < pixels; at += CELL_RUN) {
        int64_t end = at + CELL_RUN < pixels ? at + CELL_RUN : pixels;
        cell_f32 run = {0}, run_products = {0};
        for (int64_t i = at * NN_CELL; i < end * NN_CELL; i += NN_CELL) {
            cell_f32 value = CONST_CELL_AT(x + i), g;
            passed(pass, dy + i, y + i, &value, &a, &b, &g);
            if (masked) CELL_AT(masked + i) = g;
            run += g;
            run_products += g * (value - middle);
        }
        sum += WIDE(run);
        products += WIDE(run_products);
    }
    for (int lane = 0; lane < NN_CELL; lane++) sum_g[lane] = sum[lane], sum_gx[lane] = products[lane];
}

CK_CLONES void nn_cells_norm_sums(const float *x, const float *dy, const float *y, int64_t pixels, const float *scale,
                                  const float *shift, const float *mean, int relu, float *masked, double *sum_g,
                                  double *sum_gx) {
    switch (passing(y, relu)) {
    case PASS_ALL: return norm_sums(PASS_ALL, x, dy, x, pixels, scale, shift, mean, masked, sum_g, sum_gx);
    case PASS_BY_RESULT: return norm_sums(PASS_BY_RESULT, x, dy, y, pixels, scale, shift, mean, masked, sum_g, sum_gx);
    default: return norm_sums(PASS_BY_INPUT, x, dy, x, pixels, scale, shift, mean, masked, sum_g, sum_gx);
    }
}

typedef struct {
    const float *g, *x, *constant;
} norm_factors;

CK_INLINE void norm_backward(const int pass, const float *x, const float *dy, const float *y, int64_t pixels,
                             const float *scale, const float *shift, const norm_factors *by, int accumulate,
                             float *dx) {
    cell_f32 a = CONST_CELL_AT(scale), b = CONST_CELL_AT(shift);
    cell_f32 by_g = CONST_CELL_AT(by->g), by_x = CONST_CELL_AT(by->x), constant = CONST_CELL_AT(by->constant);
    for (int64_t i = 0; i < pixels * NN_CELL; i += NN_CELL) {
        cell_f32 value = CONST_CELL_AT(x + i), g;
        passed(pass, dy + i, y + i, &value, &a, &b, &g);
        cell_f32 sum = by_g * g + (by_x * value + constant);
        CELL_AT(dx + i) = accumulate ? CELL_AT(dx + i) + sum : sum;
    }
}

CK_CLONES void nn_cells_norm_backward(const float *x, const float *dy, const float *y, int64_t pixels,
                                      const float *scale, const float *shift, int relu, const float *by_g,
                                      const float *by_x, const float *constant, int accumulate, float *dx) {
    norm_factors by = {by_g, by_x, constant};
    switch (passing(y, relu)) {
    case PASS_ALL: return norm_backward(PASS_ALL, x, dy, x, pixels, scale, shift, &by, accumulate, dx);
    case PASS_BY_RESULT: return norm_backward(PASS_BY_RESULT, x, dy, y, pixels, scale, shift, &by, accumulate, dx);
    default: return norm_backward(PASS_BY_INPUT, x, dy, x, pixels, scale, shift, &by, accumulate, dx);
    }
}
