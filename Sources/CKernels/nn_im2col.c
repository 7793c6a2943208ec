#include "ckernels_nn.h"

#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

// One run of output columns [from, to) of one output row; `source` is the input row, `shift` = kx - padding.
static inline void copy_run(float *out, const float *source, int64_t from, int64_t to, int64_t stride, int64_t shift,
                            int64_t width) {
    // Output columns whose input column lies inside: 0 <= column * stride + shift < width.
    int64_t first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
    int64_t last = width - shift > 0 ? (width - 1 - shift) / stride + 1 : 0;
    first = least(most(first, from), to);
    last = most(least(last, to), first);
    for (int64_t i = from; i < first; i++) *out++ = 0;
    const float *in = source + shift;
    if (stride == 1)
        for (int64_t i = first; i < last; i++) *out++ = in[i];
    else
        for (int64_t i = first; i < last; i++) *out++ = in[i * stride];
    for (int64_t i = last; i < to; i++) *out++ = 0;
}

static void one_tap(const float *plane, const nn_window *w, int64_t ky, int64_t kx, int64_t begin, int64_t end,
                    float *out) {
    int64_t position = begin;
    while (position < end) {
        int64_t line = position / w->out_width, from = position % w->out_width;
        int64_t to = least(w->out_width, from + end - position);
        int64_t image = line / w->out_height, row = (line % w->out_height) * w->stride + ky - w->padding;
        if (row < 0 || row >= w->height)
            memset(out, 0, (size_t)(to - from) * sizeof(float));
        else
            copy_run(out, plane + (image * w->height + row) * w->width, from, to, w->stride, kx - w->padding, w->width);
        out += to - from;
        position += to - from;
    }
}

void nn_im2col(const float *x, const nn_window *w, int64_t channels, int64_t begin, int64_t end, float *columns) {
    int64_t area = w->images * w->height * w->width;
    for (int64_t channel = 0; channel < channels; channel++)
        for (int64_t ky = 0; ky < w->kernel; ky++)
            for (int64_t kx = 0; kx < w->kernel; kx++) {
                one_tap(x + channel * area, w, ky, kx, begin, end, columns);
                columns += end - begin;
            }
}

void nn_col2im(const float *columns, const nn_window *w, int64_t channels, int64_t top, int64_t left,
               const float *bias, float *y) {
    int64_t out_area = w->images * w->out_height * w->out_width, area = w->images * w->height * w->width;
    for (int64_t channel = 0; channel < channels; channel++) {
        float *out = y + channel * out_area;
        for (int64_t i = 0; i < out_area; i++) out[i] = bias[channel];
        for (int64_t ky = 0; ky < w->kernel; ky++)
            for (int64_t kx = 0; kx < w->kernel; kx++) {
                const float *in = columns + ((channel * w->kernel + ky) * w->kernel + kx) * area;
                for (int64_t image = 0; image < w->images; image++)
                    for (int64_t row = 0; row < w->height; row++, in += w->width) {
                        int64_t to_row = row * w->stride + ky - top;
                        if (to_row < 0 || to_row >= w->out_height) continue;
                        float *line = out + (image * w->out_height + to_row) * w->out_width;
                        for (int64_t column = 0; column < w->width; column++) {
                            int64_t to_column = column * w->stride + kx - left;
                            if (to_column >= 0 && to_column < w->out_width) line[to_column] += in[column];
                        }
                    }
            }
    }
}
