#include "ckernels_nn.h"

#include <string.h>

#include "ckernels_targets.h"

CK_CLONES void nn_bias_residual_relu(float *c, int64_t rows, int64_t count, int64_t stride, const float *bias,
                                      const float *residual, int relu) {
    float floor = relu ? 0.0f : -__builtin_inff();
    for (int64_t row = 0; row < rows; row++) {
        float *line = c + row * stride, b = bias[row];
        if (residual) {
            const float *other = residual + row * stride;
            for (int64_t i = 0; i < count; i++) {
                float v = line[i] + b + other[i];
                line[i] = v > floor ? v : floor;
            }
        } else {
            for (int64_t i = 0; i < count; i++) {
                float v = line[i] + b;
                line[i] = v > floor ? v : floor;
            }
        }
    }
}

CK_CLONES void nn_scale_shift_relu(const float *x, float *y, int64_t channels, int64_t count, const float *scale,
                                    const float *shift, int relu) {
    float floor = relu ? 0.0f : -__builtin_inff();
    for (int64_t channel = 0; channel < channels; channel++) {
        const float *in = x + channel * count;
        float *out = y + channel * count, a = scale[channel], b = shift[channel];
        for (int64_t i = 0; i < count; i++) {
            float v = a * in[i] + b;
            out[i] = v > floor ? v : floor;
        }
    }
}

CK_CLONES void nn_add_relu(const float *x, const float *other, float *y, int64_t count, int relu) {
    float floor = relu ? 0.0f : -__builtin_inff();
    for (int64_t i = 0; i < count; i++) {
        float v = x[i] + other[i];
        y[i] = v > floor ? v : floor;
    }
}

CK_CLONES void nn_relu(const float *x, float *y, int64_t count) {
    for (int64_t i = 0; i < count; i++) y[i] = x[i] > 0 ? x[i] : 0;
}

void nn_max_pool(const float *x, float *y, const nn_window *w, int64_t channels) {
    for (int64_t plane = 0; plane < channels * w->images; plane++) {
        const float *in = x + plane * w->height * w->width;
        for (int64_t row = 0; row < w->out_height; row++)
            for (int64_t column = 0; column < w->out_width; column++) {
                float top = -__builtin_inff();
                for (int64_t ky = 0; ky < w->kernel; ky++) {
                    int64_t r = row * w->stride + ky - w->padding;
                    if (r < 0 || r >= w->height) continue;
                    for (int64_t kx = 0; kx < w->kernel; kx++) {
                        int64_t c = column * w->stride + kx - w->padding;
                        if (c >= 0 && c < w->width && in[r * w->width + c] > top) top = in[r * w->width + c];
                    }
                }
                *y++ = top;
            }
    }
}

void nn_global_average(const float *x, float *y, int64_t channels, int64_t images, int64_t area) {
    for (int64_t channel = 0; channel < channels; channel++)
        for (int64_t image = 0; image < images; image++) {
            double sum = 0;
            for (int64_t i = 0; i < area; i++) sum += *x++;
            *y++ = (float)(sum / (double)area);
        }
}

void nn_widen_bf16(const uint8_t *bytes, float *out, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits = ((uint32_t)bytes[2 * i] << 16) | ((uint32_t)bytes[2 * i + 1] << 24);
        memcpy(out + i, &bits, sizeof bits);
    }
}

// IEEE 754 binary16, subnormals included.
static float half_to_float(uint32_t half) {
    uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 31u, fraction = half & 0x3ffu, bits;
    if (exponent == 31)
        bits = sign | 0x7f800000u | (fraction << 13);
    else if (exponent)
        bits = sign | ((exponent + 112) << 23) | (fraction << 13);
    else {
        float magnitude = (float)fraction * 0x1p-24f;
        return sign ? -magnitude : magnitude;
    }
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void nn_widen_f16(const uint8_t *bytes, float *out, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        out[i] = half_to_float((uint32_t)bytes[2 * i] | ((uint32_t)bytes[2 * i + 1] << 8));
}

void nn_scale_rows(float *matrix, int64_t rows, int64_t count, const float *scale) {
    for (int64_t row = 0; row < rows; row++)
        for (int64_t i = 0; i < count; i++) matrix[row * count + i] *= scale[row];
}

int64_t nn_first_not_finite(const float *values, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        if ((bits & 0x7f800000u) == 0x7f800000u) return i;
    }
    return -1;
}
