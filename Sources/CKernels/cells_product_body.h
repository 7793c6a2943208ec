// The product's inner loops for one vector width; included once for each by cells_product.c, which defines CELLS_NAME,
// CELLS_TARGET, CELLS_BYTES (of a vector), CELLS_MOST (positions of a tile), CELLS_NARROW (the list of tiles that make one
// cell) and, where registers suffice, CELLS_WIDE (those that make two).
//
// A tile's sums stay in registers while the loop runs over all inputs: 14 positions x 2 cells take 28 of AVX-512's 32
// registers, one holds the broadcast input, two the weights. Each step loads 2 vectors and 14 broadcasts for 28 fused
// multiply-adds, so the arithmetic sets the pace, and nothing is copied before or after.

#define CELLS_JOIN2(a, b) a##_##b
#define CELLS_JOIN(a, b) CELLS_JOIN2(a, b)
#define CELLS_VECTOR CELLS_JOIN(CELLS_NAME, vector)
#define CELLS_LANES (CELLS_BYTES / 4)
#define CELLS_VECTORS (NN_CELL / CELLS_LANES)
#define CELLS_TILE CELLS_JOIN(CELLS_NAME, tile)
#define CELLS_STORE CELLS_JOIN(CELLS_NAME, store)

typedef float CELLS_VECTOR __attribute__((vector_size(CELLS_BYTES), aligned(4)));

CELLS_TARGET static inline __attribute__((always_inline)) void CELLS_STORE(
    const nn_product *p, const float *residual, const float *bias, CELLS_VECTOR sum, float *y) {
    if (bias) sum += *(const CELLS_VECTOR *)bias;
    if (residual) sum += *(const CELLS_VECTOR *)residual;
    if (p->relu) sum = __builtin_elementwise_max(sum, (CELLS_VECTOR){0});
    *(CELLS_VECTOR *)y = sum;
}

// `positions` and `cells` are constants where this is inlined, so that every loop over them unrolls.
CELLS_TARGET static inline __attribute__((always_inline)) void CELLS_TILE(const int positions, const int cells,
                                                                          const nn_product *p, const cells_place *at) {
    const int vectors = cells * CELLS_VECTORS;
    CELLS_VECTOR sums[CELLS_MOST][2 * CELLS_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < positions; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[i][v] = (CELLS_VECTOR){0};
    const float *w = at->weights, *block = at->x;
    const int64_t w_step = at->weights_step;
    for (int64_t b = 0; b < p->blocks; b++, block += p->x_block)
        for (int64_t t = 0; t < p->tap_count; t++) {
            const float *x = block + p->taps[t];
            for (int k = 0; k < NN_CELL; k += 4, x += 4)
#pragma clang loop unroll(full)
                for (int step = 0; step < 4; step++, w += w_step) {
                    CELLS_VECTOR weights[2 * CELLS_VECTORS];
#pragma clang loop unroll(full)
                    for (int v = 0; v < vectors; v++) weights[v] = *(const CELLS_VECTOR *)(w + v * CELLS_LANES);
#pragma clang loop unroll(full)
                    for (int i = 0; i < positions; i++) {
                        float input = x[i * NN_CELL + step];
#pragma clang loop unroll(full)
                        for (int v = 0; v < vectors; v++) sums[i][v] += input * weights[v];
                    }
                }
        }
#pragma clang loop unroll(full)
    for (int i = 0; i < positions; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            int64_t to = i * p->y_column + v / CELLS_VECTORS * p->y_block + v % CELLS_VECTORS * CELLS_LANES;
            CELLS_STORE(p, at->residual ? at->residual + to : 0, at->bias ? at->bias + v * CELLS_LANES : 0, sums[i][v],
                        at->y + to);
        }
}

#define CELLS_WIDE_TILE(count)                                                                                \
    CELLS_TARGET static __attribute__((noinline)) void CELLS_JOIN(CELLS_NAME, wide##count)(                   \
        const nn_product *p, const cells_place *at) {                                                         \
        CELLS_TILE(count, 2, p, at);                                                                          \
    }
#define CELLS_NARROW_TILE(count)                                                                              \
    CELLS_TARGET static __attribute__((noinline)) void CELLS_JOIN(CELLS_NAME, narrow##count)(                 \
        const nn_product *p, const cells_place *at) {                                                         \
        CELLS_TILE(count, 1, p, at);                                                                          \
    }
#define CELLS_WIDE_ENTRY(count) CELLS_JOIN(CELLS_NAME, wide##count),
#define CELLS_NARROW_ENTRY(count) CELLS_JOIN(CELLS_NAME, narrow##count),

CELLS_NARROW(CELLS_NARROW_TILE)
static const cells_tile CELLS_JOIN(CELLS_NAME, narrow_tiles)[] = {CELLS_NARROW(CELLS_NARROW_ENTRY)};
#ifdef CELLS_WIDE
CELLS_WIDE(CELLS_WIDE_TILE)
static const cells_tile CELLS_JOIN(CELLS_NAME, wide_tiles)[] = {CELLS_WIDE(CELLS_WIDE_ENTRY)};
#endif

#undef CELLS_NAME
#undef CELLS_TARGET
#undef CELLS_BYTES
#undef CELLS_WIDE
#undef CELLS_NARROW
#undef CELLS_MOST
#undef CELLS_JOIN2
#undef CELLS_JOIN
#undef CELLS_VECTOR
#undef CELLS_LANES
#undef CELLS_VECTORS
#undef CELLS_TILE
#undef CELLS_STORE
#undef CELLS_WIDE_TILE
#undef CELLS_NARROW_TILE
#undef CELLS_WIDE_ENTRY
#undef CELLS_NARROW_ENTRY
