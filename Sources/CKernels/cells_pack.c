#include <math.h>
#include <string.h>

#include "ckernels_cells.h"
#include "cells_elements.h"

static int64_t cells(int64_t channels) { return (channels + NN_CELL - 1) / NN_CELL; }

int64_t nn_cells_packed(int64_t outputs, int64_t inputs, int64_t taps) {
    return cells(outputs) * NN_CELL * cells(inputs) * NN_CELL * taps;
}

void nn_cells_pack(const float *weights, int64_t outputs, int64_t inputs, int64_t by_output, int64_t by_input,
                   const int64_t *tap_offsets, int64_t taps, const float *scale, float *packed) {
    int64_t output_blocks = cells(outputs), blocks = cells(inputs);
    for (int64_t first = 0; first < output_blocks * NN_CELL; first += NN_GROUP) {
        int64_t width = output_blocks * NN_CELL - first < NN_GROUP ? NN_CELL : NN_GROUP;
        for (int64_t block = 0; block < blocks; block++)
            for (int64_t tap = 0; tap < taps; tap++)
                for (int64_t channel = 0; channel < NN_CELL; channel++)
                    for (int64_t lane = 0; lane < width; lane++) {
                        int64_t output = first + lane, input = block * NN_CELL + channel;
                        float value = 0;
                        if (output < outputs && input < inputs)
                            value = weights[output * by_output + input * by_input + tap_offsets[tap]]
                                    * (scale ? scale[output] : 1);
                        *packed++ = value;
                    }
    }
}

// The 32-bit words of a product's steps, each holding `per` adjacent channels of one output.
typedef uint32_t (*pack_word)(const float *values, int64_t stride, float scale, float step);

static void pack_words(const float *weights, int64_t outputs, int64_t inputs, int64_t taps, const float *scale,
                       const float *step, int per, pack_word word, float *packed) {
    int64_t output_blocks = cells(outputs);
    for (int64_t first = 0; first < output_blocks * NN_CELL; first += NN_GROUP) {
        int64_t width = output_blocks * NN_CELL - first < NN_GROUP ? NN_CELL : NN_GROUP;
        for (int64_t block = 0; block < inputs; block += NN_CELL * per)
            for (int64_t tap = 0; tap < taps; tap++)
                for (int64_t channel = block; channel < block + NN_CELL * per; channel += per)
                    for (int64_t lane = 0; lane < width; lane++, packed++) {
                        int64_t output = first + lane;
                        uint32_t bits = 0;
                        if (output < outputs)
                            bits = word(weights + (output * inputs + channel) * taps + tap, taps,
                                        scale ? scale[output] : 1, step ? step[output] : 1);
                        memcpy(packed, &bits, sizeof bits);
                    }
    }
}

static uint32_t bf16_word(const float *values, int64_t stride, float scale, float step) {
    (void)step;
    return (uint32_t)bf16_from_float(values[0] * scale) | (uint32_t)bf16_from_float(values[stride] * scale) << 16;
}

static uint32_t s8_word(const float *values, int64_t stride, float scale, float step) {
    uint32_t bits = 0;
    for (int i = 0; i < 4; i++) {
        float value = step > 0 ? nearbyintf(values[i * stride] * scale / step) : 0;
        bits |= (uint32_t)(uint8_t)(int8_t)(value > 127 ? 127 : value < -127 ? -127 : value) << (8 * i);
    }
    return bits;
}

void nn_cells_pack_bf16(const float *weights, int64_t outputs, int64_t inputs, int64_t taps, const float *scale,
                        float *packed) {
    pack_words(weights, outputs, inputs, taps, scale, 0, 2, bf16_word, packed);
}

void nn_cells_pack_s8(const float *weights, int64_t outputs, int64_t inputs, int64_t taps, const float *scale,
                      const float *step, float *packed) {
    pack_words(weights, outputs, inputs, taps, scale, step, 4, s8_word, packed);
}
