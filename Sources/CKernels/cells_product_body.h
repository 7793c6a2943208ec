// The product's inner loops for one element and one vector width; included once for each by cells_product.c, which
// defines
//   CELLS_NAME, CELLS_TARGET   what functions are called, and for which instructions they are compiled
//   CELLS_BYTES                of a vector
//   CELLS_MOST, CELLS_NARROW   positions of a tile that makes 16 outputs, and the list of such tiles
//   CELLS_WIDE                 the list of those that make 32, where registers suffice
//   CELLS_SUM, CELLS_MULTIPLY  the type of a vector of sums; sum := sum + four bytes of input * weights
//   CELLS_STORE                what becomes of a tile's sums
//
// A tile's sums stay in registers while the loop runs over all inputs: 14 positions x 2 vectors take 28 of AVX-512's 32
// registers, one holds the broadcast input, two the weights. Each step loads 2 vectors and 14 broadcasts for 28 fused
// multiply-adds, so the arithmetic sets the pace, and nothing is copied before or after.

#define CELLS_JOIN2(a, b) a##_##b
#define CELLS_JOIN(a, b) CELLS_JOIN2(a, b)
#define CELLS_LANES (CELLS_BYTES / 4)
#define CELLS_VECTORS (NN_CELL / CELLS_LANES)
#define CELLS_TILE CELLS_JOIN(CELLS_NAME, tile)

// `positions` and `cells` (16 outputs each) are constants where this is inlined, so that every loop over them unrolls.
CELLS_TARGET static inline __attribute__((always_inline)) void CELLS_TILE(const int positions, const int cells,
                                                                          const nn_product *p, const cells_place *at) {
    const int vectors = cells * CELLS_VECTORS;
    CELLS_SUM sums[CELLS_MOST][2 * CELLS_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < positions; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[i][v] = (CELLS_SUM){0};
    if (!p->is_near) call_results(p, at, positions, cells);
    const float *w = at->weights, *block = at->x;
    const int64_t w_step = at->weights_step;
    for (int64_t b = 0; b < p->blocks; b++, block += p->x_block)
        for (int64_t t = 0; t < p->tap_count; t++) {
            const float *x = block + p->taps[t];
            if (t == 0 && !p->is_near)
#pragma clang loop unroll(full)
                for (int i = 0; i < positions; i++) __builtin_prefetch(x + p->x_block + i * NN_CELL, 0, 3);
            for (int k = 0; k < NN_CELL; k += 4, x += 4)
#pragma clang loop unroll(full)
                for (int step = 0; step < 4; step++, w += w_step) {
                    CELLS_SUM weights[2 * CELLS_VECTORS];
#pragma clang loop unroll(full)
                    for (int v = 0; v < vectors; v++) memcpy(&weights[v], w + v * CELLS_LANES, CELLS_BYTES);
#pragma clang loop unroll(full)
                    for (int i = 0; i < positions; i++) {
                        const float *input = x + i * NN_CELL + step;
#pragma clang loop unroll(full)
                        for (int v = 0; v < vectors; v++) CELLS_MULTIPLY(sums[i][v], input, weights[v]);
                    }
                }
        }
    CELLS_SUM results[CELLS_MOST * 2 * CELLS_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
#pragma clang loop unroll(full)
        for (int i = 0; i < positions; i++) results[v * positions + i] = sums[i][v];
    CELLS_STORE(p, at, positions, cells, results);
}

#define CELLS_NARROW_TILE(count)                                                              \
    CELLS_TARGET static __attribute__((noinline)) void CELLS_JOIN(CELLS_NAME, narrow##count)( \
        const nn_product *p, const cells_place *at) {                                         \
        CELLS_TILE(count, 1, p, at);                                                          \
    }
#define CELLS_WIDE_TILE(count)                                                              \
    CELLS_TARGET static __attribute__((noinline)) void CELLS_JOIN(CELLS_NAME, wide##count)( \
        const nn_product *p, const cells_place *at) {                                       \
        CELLS_TILE(count, 2, p, at);                                                        \
    }
#define CELLS_NARROW_ENTRY(count) CELLS_JOIN(CELLS_NAME, narrow##count),
#define CELLS_WIDE_ENTRY(count) CELLS_JOIN(CELLS_NAME, wide##count),

CELLS_NARROW(CELLS_NARROW_TILE)
static const cells_tile CELLS_JOIN(CELLS_NAME, narrow_tiles)[] = {CELLS_NARROW(CELLS_NARROW_ENTRY)};
#ifdef CELLS_WIDE
CELLS_WIDE(CELLS_WIDE_TILE)
static const cells_tile CELLS_JOIN(CELLS_NAME, wide_tiles)[] = {CELLS_WIDE(CELLS_WIDE_ENTRY)};
#endif

#undef CELLS_NAME
#undef CELLS_TARGET
#undef CELLS_BYTES
#undef CELLS_MOST
#undef CELLS_NARROW
#undef CELLS_WIDE
#undef CELLS_SUM
#undef CELLS_MULTIPLY
#undef CELLS_STORE
#undef CELLS_JOIN2
#undef CELLS_JOIN
#undef CELLS_LANES
#undef CELLS_VECTORS
#undef CELLS_TILE
#undef CELLS_NARROW_TILE
#undef CELLS_WIDE_TILE
#undef CELLS_NARROW_ENTRY
#undef CELLS_WIDE_ENTRY
