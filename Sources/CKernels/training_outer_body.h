// The outer products' inner loops for one vector width; included once for each by training_outer.c, which defines
//   OUTER_NAME, OUTER_TARGET   what functions are called, and for which instructions they are compiled
//   OUTER_BYTES                of a vector
//   OUTER_NARROW, OUTER_WIDE   tiles that cover the 16 channels of a cell: TILE(first channel, channels) each, for
//                              groups of 16 outputs and, where registers suffice, of 32
//
// A tile's sums, `channels` x (16 or 32 outputs), stay in registers while the loop runs over the positions of a panel.
// AVX-512: 8 x 2 vectors, so each position loads 2 vectors and 8 broadcasts for 16 fused multiply-adds.

#define OUTER_JOIN2(a, b) a##_##b
#define OUTER_JOIN(a, b) OUTER_JOIN2(a, b)
#define OUTER_LANES (OUTER_BYTES / 4)
#define OUTER_VECTORS (NN_CELL / OUTER_LANES)
#define OUTER_VECTOR OUTER_JOIN(OUTER_NAME, vector)

typedef float OUTER_VECTOR __attribute__((vector_size(OUTER_BYTES), aligned(4)));

// `channels`, `cells` (16 outputs each) and `ahead` are constants where this is inlined, so that every loop over them
// unrolls. `ahead` says whether to call for the next block's x and the next panel's dy.
OUTER_TARGET static inline __attribute__((always_inline)) void OUTER_JOIN(OUTER_NAME, tile)(
    const int channels, const int cells, const int ahead, const nn_outer *o, const outer_panel *p, const float *x,
    float *grad, int64_t width) {
    const int vectors = cells * OUTER_VECTORS;
    OUTER_VECTOR sums[NN_CELL][2 * OUTER_VECTORS];
#pragma clang loop unroll(full)
    for (int i = 0; i < channels; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[i][v] = (OUTER_VECTOR){0};
    const int64_t x_column = o->x_column, dy_column = o->dy_column;
    for (int64_t row = 0; row < p->rows; row++) {
        const float *from = x + row * o->x_row, *at = p->dy + row * o->dy_row;
        const float *other = cells == 2 ? at + o->dy_block : at;
        for (int64_t column = 0; column < p->columns; column++) {
            OUTER_VECTOR dy[2 * OUTER_VECTORS];
            if (ahead) {
                __builtin_prefetch(from + o->x_block, 0, 3);
                __builtin_prefetch(at + p->next, 0, 3);
                __builtin_prefetch(other + p->next, 0, 3);
            }
#pragma clang loop unroll(full)
            for (int v = 0; v < OUTER_VECTORS; v++) {
                memcpy(&dy[v], at + v * OUTER_LANES, OUTER_BYTES);
                if (cells == 2) memcpy(&dy[OUTER_VECTORS + v], other + v * OUTER_LANES, OUTER_BYTES);
            }
#pragma clang loop unroll(full)
            for (int i = 0; i < channels; i++)
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) sums[i][v] += from[i] * dy[v];
            from += x_column, at += dy_column, other += dy_column;
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < channels; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            OUTER_VECTOR *to = (OUTER_VECTOR *)(grad + i * width + v * OUTER_LANES);
            *to = p->accumulate ? *to + sums[i][v] : sums[i][v];
        }
}

#define OUTER_TILE_NARROW(first, channels) \
    OUTER_JOIN(OUTER_NAME, tile)(channels, 1, 0, o, p, x + (first), grad + (first) * width, width);
OUTER_TARGET static __attribute__((noinline)) void OUTER_JOIN(OUTER_NAME, narrow)(
    const nn_outer *o, const outer_panel *p, const float *x, float *grad, int64_t width) {
    OUTER_NARROW(OUTER_TILE_NARROW)
}

#ifdef OUTER_WIDE
#define OUTER_TILE_WIDE(first, channels) \
    OUTER_JOIN(OUTER_NAME, tile)(channels, 2, (first) == 0, o, p, x + (first), grad + (first) * width, width);
OUTER_TARGET static __attribute__((noinline)) void OUTER_JOIN(OUTER_NAME, wide)(
    const nn_outer *o, const outer_panel *p, const float *x, float *grad, int64_t width) {
    OUTER_WIDE(OUTER_TILE_WIDE)
}
#endif

#undef OUTER_NAME
#undef OUTER_TARGET
#undef OUTER_BYTES
#undef OUTER_NARROW
#undef OUTER_WIDE
#undef OUTER_JOIN2
#undef OUTER_JOIN
#undef OUTER_LANES
#undef OUTER_VECTORS
#undef OUTER_VECTOR
#undef OUTER_TILE_NARROW
#undef OUTER_TILE_WIDE
