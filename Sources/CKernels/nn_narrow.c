#include "ckernels_nn.h"

#include <string.h>

int64_t nn_padded_channel(int64_t images, int64_t height, int64_t width) {
    return (images * (height + 2) * (width + 2) + 79) / 16 * 16;
}

void nn_pad_scale_shift_relu(const float *x, float *padded, int64_t channels, int64_t images, int64_t height,
                             int64_t width, const float *scale, const float *shift) {
    int64_t pitch = width + 2, stride = nn_padded_channel(images, height, width);
    for (int64_t channel = 0; channel < channels; channel++) {
        float *plane = padded + channel * stride, *channel_end = plane + stride;
        for (int64_t image = 0; image < images; image++) {
            memset(plane, 0, (size_t)pitch * sizeof(float));
            plane += pitch;
            for (int64_t row = 0; row < height; row++, plane += pitch, x += width) {
                plane[0] = 0;
                nn_scale_shift_relu(x, plane + 1, 1, width, scale + channel, shift + channel, 1);
                plane[pitch - 1] = 0;
            }
            memset(plane, 0, (size_t)pitch * sizeof(float));
            plane += pitch;
        }
        memset(plane, 0, (size_t)(channel_end - plane) * sizeof(float));
    }
}

void nn_pack_narrow(const float *stored, int64_t maps, int64_t channels, float *weights) {
    memset(weights, 0, (size_t)(channels * 9 * NN_NARROW_MAPS) * sizeof(float));
    for (int64_t map = 0; map < maps; map++)
        for (int64_t tap = 0; tap < channels * 9; tap++)
            weights[tap * NN_NARROW_MAPS + map] = stored[map * channels * 9 + tap];
}

// Positions of a tile lie side by side in the padded plane, the border's two included; only those of the image are
// kept. `tile` holds [map][lanes].
static void store_tile(const float *tile, int64_t lanes, int64_t maps, int64_t first, int64_t count, int64_t width,
                       int64_t area, float *y) {
    int64_t pitch = width + 2;
    for (int64_t map = 0; map < maps; map++) {
        const float *in = tile + map * lanes;
        float *out = y + map * area;
        int64_t lane = 0;
        while (lane < count) {
            int64_t row = (first + lane) / pitch, column = (first + lane) % pitch;
            int64_t run = pitch - column < count - lane ? pitch - column : count - lane;
            int64_t kept = width - column < run ? width - column : run;
            if (kept > 0) memcpy(out + row * width + column, in + lane, (size_t)kept * sizeof(float));
            lane += run;
        }
    }
}

#define NARROW_NAME narrow_baseline
#define NARROW_TARGET
#define NARROW_BYTES 16
#define NARROW_MAPS 4
#include "nn_narrow_body.h"

#if defined(__x86_64__)
#define NARROW_NAME narrow_avx2
#define NARROW_TARGET __attribute__((target("avx2,fma")))
#define NARROW_BYTES 32
#define NARROW_MAPS 4
#include "nn_narrow_body.h"

#define NARROW_NAME narrow_avx512
#define NARROW_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#define NARROW_BYTES 64
#define NARROW_MAPS 8
#include "nn_narrow_body.h"
#endif

void nn_convolve_narrow(ck_level level, const float *padded, int64_t channels, int64_t images, int64_t height,
                        int64_t width, const float *weights, const float *bias, int64_t maps, int64_t begin,
                        int64_t end, float *y) {
    int64_t stride = nn_padded_channel(images, height, width), area = images * height * width;
    while (begin < end) {
        // Rows of one image at a time: their padded rows are adjacent.
        int64_t image = begin / height, row = begin % height;
        int64_t rows = height - row < end - begin ? height - row : end - begin;
        const float *corner = padded + (image * (height + 2) + row) * (width + 2);
        float *out = y + begin * width;
#if defined(__x86_64__)
        if (level >= CK_LEVEL_AVX512)
            narrow_avx512(corner, channels, stride, rows, width, weights, bias, maps, area, out);
        else if (level >= CK_LEVEL_AVX2)
            narrow_avx2(corner, channels, stride, rows, width, weights, bias, maps, area, out);
        else
#endif
            narrow_baseline(corner, channels, stride, rows, width, weights, bias, maps, area, out);
        begin += rows;
    }
}
