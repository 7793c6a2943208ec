// The narrow convolution's inner loops for one vector width; included once for each by nn_narrow.c, which defines
// NARROW_NAME, NARROW_TARGET, NARROW_BYTES (of a vector) and NARROW_MAPS (maps held in registers at once).
//
// NARROW_MAPS x 3 vectors of sums stay in registers: with 8 maps of 16 lanes, three loads and eight broadcasts feed 24
// fused multiply-adds, so the arithmetic and not the loads sets the pace.

#define NARROW_JOIN2(a, b) a##_##b
#define NARROW_JOIN(a, b) NARROW_JOIN2(a, b)
#define NARROW_VECTOR NARROW_JOIN(NARROW_NAME, vector)
#define NARROW_LANES (NARROW_BYTES / 4)

typedef float NARROW_VECTOR __attribute__((vector_size(NARROW_BYTES), aligned(4)));

NARROW_TARGET static void NARROW_NAME(const float *corner, int64_t channels, int64_t stride, int64_t rows,
                                      int64_t width, const float *weights, const float *bias, int64_t maps,
                                      int64_t area, float *y) {
    const int64_t pitch = width + 2, positions = rows * pitch, tile_lanes = 3 * NARROW_LANES;
    float tile[NARROW_MAPS * 3 * NARROW_LANES];
    for (int64_t first = 0; first < positions; first += tile_lanes)
        for (int64_t map = 0; map < maps; map += NARROW_MAPS) {
            NARROW_VECTOR sums[NARROW_MAPS][3];
#pragma clang loop unroll(full)
            for (int m = 0; m < NARROW_MAPS; m++)
#pragma clang loop unroll(full)
                for (int v = 0; v < 3; v++) sums[m][v] = (NARROW_VECTOR){0} + bias[map + m];
            const float *in = corner + first, *w = weights + map;
            for (int64_t channel = 0; channel < channels; channel++, in += stride)
                for (int ky = 0; ky < 3; ky++) {
                    const float *line = in + ky * pitch;
                    __builtin_prefetch(line + 2 * stride);
                    __builtin_prefetch(line + 2 * stride + NARROW_LANES);
                    __builtin_prefetch(line + 2 * stride + 2 * NARROW_LANES);
                    for (int kx = 0; kx < 3; kx++, w += NN_NARROW_MAPS) {
                        NARROW_VECTOR x0 = *(const NARROW_VECTOR *)(line + kx);
                        NARROW_VECTOR x1 = *(const NARROW_VECTOR *)(line + kx + NARROW_LANES);
                        NARROW_VECTOR x2 = *(const NARROW_VECTOR *)(line + kx + 2 * NARROW_LANES);
#pragma clang loop unroll(full)
                        for (int m = 0; m < NARROW_MAPS; m++) {
                            sums[m][0] += x0 * w[m];
                            sums[m][1] += x1 * w[m];
                            sums[m][2] += x2 * w[m];
                        }
                    }
                }
            memcpy(tile, sums, sizeof tile);
            int64_t count = positions - first < tile_lanes ? positions - first : tile_lanes;
            int64_t kept = maps - map < NARROW_MAPS ? maps - map : NARROW_MAPS;
            store_tile(tile, tile_lanes, kept, first, count, width, area, y + map * area);
        }
}

#undef NARROW_NAME
#undef NARROW_TARGET
#undef NARROW_BYTES
#undef NARROW_MAPS
#undef NARROW_JOIN2
#undef NARROW_JOIN
#undef NARROW_VECTOR
#undef NARROW_LANES
