// Winograd's transforms for one vector width; included once for each by cells_winograd.c, which defines WINOGRAD_NAME,
// WINOGRAD_TARGET and WINOGRAD_BYTES. All work on the lanes of a cell side by side: every lane is another channel.

#define WINOGRAD_JOIN2(a, b) a##_##b
#define WINOGRAD_JOIN(a, b) WINOGRAD_JOIN2(a, b)
#define WINOGRAD_VECTOR WINOGRAD_JOIN(WINOGRAD_NAME, vector)
#define WINOGRAD_LANES (WINOGRAD_BYTES / 4)
#define WINOGRAD_INLINE WINOGRAD_TARGET static inline __attribute__((always_inline))

typedef float WINOGRAD_VECTOR __attribute__((vector_size(WINOGRAD_BYTES), aligned(4)));

// d := B^T d of six values.
WINOGRAD_INLINE void WINOGRAD_JOIN(WINOGRAD_NAME, spread)(WINOGRAD_VECTOR *d) {
    WINOGRAD_VECTOR even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1], near = d[4] - d[2], far = d[3] - d[1];
    d[0] = 4 * d[0] - 5 * d[2] + d[4];
    d[5] = 4 * d[1] - 5 * d[3] + d[5];
    d[1] = even + odd;
    d[2] = even - odd;
    d[3] = near + 2 * far;
    d[4] = near - 2 * far;
}

// The first four of m := A^T m of six values.
WINOGRAD_INLINE void WINOGRAD_JOIN(WINOGRAD_NAME, gather)(WINOGRAD_VECTOR *m) {
    WINOGRAD_VECTOR sum = m[1] + m[2], difference = m[1] - m[2], outer_sum = m[3] + m[4];
    WINOGRAD_VECTOR outer_difference = m[3] - m[4];
    m[0] = m[0] + sum + outer_sum;
    m[1] = difference + 2 * outer_difference;
    m[2] = sum + 4 * outer_sum;
    m[3] = difference + 8 * outer_difference + m[5];
}

// One tile of one block, 6 x 6 cells at x, rows x_row apart. `active` is a constant where this is inlined.
WINOGRAD_INLINE void WINOGRAD_JOIN(WINOGRAD_NAME, input_tile)(const int active, const float *x, int64_t x_row,
                                                              const float *scale, const float *shift, float *v,
                                                              int64_t v_position) {
#pragma clang loop unroll(disable)
    for (int64_t lane = 0; lane < NN_CELL; lane += WINOGRAD_LANES) {
        WINOGRAD_VECTOR grid[6][6], a = {0}, b = {0};
        if (active) a = *(const WINOGRAD_VECTOR *)(scale + lane), b = *(const WINOGRAD_VECTOR *)(shift + lane);
#pragma clang loop unroll(full)
        for (int column = 0; column < 6; column++) {
            WINOGRAD_VECTOR d[6];
#pragma clang loop unroll(full)
            for (int row = 0; row < 6; row++) {
                d[row] = *(const WINOGRAD_VECTOR *)(x + row * x_row + column * NN_CELL + lane);
                if (active) d[row] = __builtin_elementwise_max(d[row] * a + b, (WINOGRAD_VECTOR){0});
            }
            WINOGRAD_JOIN(WINOGRAD_NAME, spread)(d);
#pragma clang loop unroll(full)
            for (int row = 0; row < 6; row++) grid[row][column] = d[row];
        }
        float *to = v + lane;
#pragma clang loop unroll(full)
        for (int row = 0; row < 6; row++) {
            WINOGRAD_JOIN(WINOGRAD_NAME, spread)(grid[row]);
#pragma clang loop unroll(full)
            for (int column = 0; column < 6; column++, to += v_position) *(WINOGRAD_VECTOR *)to = grid[row][column];
        }
    }
}

// The cells of a tile that reaches over the image's edge, brought together, 0 outside. The activation comes before the
// padding, so it is applied here.
WINOGRAD_INLINE void WINOGRAD_JOIN(WINOGRAD_NAME, edge_cells)(const float *image, const nn_tiling *t, int64_t top,
                                                              int64_t left, const float *scale, const float *shift,
                                                              float *grid) {
    const int64_t first_row = top < 0 ? -top : 0, end_row = t->height - top < 6 ? t->height - top : 6;
    const int64_t first = left < 0 ? -left : 0, end = t->width - left < 6 ? t->width - left : 6;
    memset(grid, 0, 36 * NN_CELL * sizeof(float));
    for (int64_t row = first_row; row < end_row; row++)
        for (int64_t column = first; column < end; column++)
            for (int lane = 0; lane < NN_CELL; lane += WINOGRAD_LANES) {
                const float *from = image + ((top + row) * t->width + left + column) * NN_CELL + lane;
                WINOGRAD_VECTOR d = *(const WINOGRAD_VECTOR *)from;
                if (scale)
                    d = __builtin_elementwise_max(d * *(const WINOGRAD_VECTOR *)(scale + lane)
                                                      + *(const WINOGRAD_VECTOR *)(shift + lane),
                                                  (WINOGRAD_VECTOR){0});
                *(WINOGRAD_VECTOR *)(grid + (row * 6 + column) * NN_CELL + lane) = d;
            }
}

WINOGRAD_TARGET static void WINOGRAD_JOIN(WINOGRAD_NAME, input)(
    const float *x, int64_t x_block, int64_t blocks, const nn_tiling *t, int64_t first, int64_t end,
    const float *scale, const float *shift, float *v, int64_t v_position, int64_t v_block) {
    float grid[36 * NN_CELL];
    for (int64_t block = 0; block < blocks; block++) {
        const float *a = scale ? scale + block * NN_CELL : 0, *b = shift ? shift + block * NN_CELL : 0;
        for (int64_t tile = first; tile < end; tile++) {
            tile_corner at = corner_of(t, tile);
            const float *image = x + block * x_block + at.image * t->height * t->width * NN_CELL;
            float *to = v + block * v_block + (tile - first) * NN_CELL;
            int64_t top = at.row - 1, left = at.column - 1;
            call_ahead(to + NN_CELL, v_position);
            if (top >= 0 && left >= 0 && top + 6 <= t->height && left + 6 <= t->width) {
                const float *corner = image + (top * t->width + left) * NN_CELL;
                call_tile_ahead(corner + x_block, t->width * NN_CELL);
                if (scale)
                    WINOGRAD_JOIN(WINOGRAD_NAME, input_tile)(1, corner, t->width * NN_CELL, a, b, to, v_position);
                else
                    WINOGRAD_JOIN(WINOGRAD_NAME, input_tile)(0, corner, t->width * NN_CELL, a, b, to, v_position);
            } else {
                WINOGRAD_JOIN(WINOGRAD_NAME, edge_cells)(image, t, top, left, a, b, grid);
                WINOGRAD_JOIN(WINOGRAD_NAME, input_tile)(0, grid, 6 * NN_CELL, 0, 0, to, v_position);
            }
        }
    }
}

// One tile of one block: the rows and columns that lie inside the image.
WINOGRAD_INLINE void WINOGRAD_JOIN(WINOGRAD_NAME, output_tile)(const float *m, int64_t m_position, const float *bias,
                                                               int relu, int64_t rows, int64_t columns, float *y,
                                                               int64_t y_row) {
    for (int64_t lane = 0; lane < NN_CELL; lane += WINOGRAD_LANES) {
        WINOGRAD_VECTOR grid[4][6], b = {0};
        if (bias) b = *(const WINOGRAD_VECTOR *)(bias + lane);
        for (int column = 0; column < 6; column++) {
            WINOGRAD_VECTOR d[6];
#pragma clang loop unroll(full)
            for (int row = 0; row < 6; row++)
                d[row] = *(const WINOGRAD_VECTOR *)(m + (row * 6 + column) * m_position + lane);
            WINOGRAD_JOIN(WINOGRAD_NAME, gather)(d);
#pragma clang loop unroll(full)
            for (int row = 0; row < 4; row++) grid[row][column] = d[row];
        }
        for (int64_t row = 0; row < rows; row++) {
            WINOGRAD_JOIN(WINOGRAD_NAME, gather)(grid[row]);
            for (int64_t column = 0; column < columns; column++) {
                WINOGRAD_VECTOR sum = grid[row][column] + b;
                if (relu) sum = __builtin_elementwise_max(sum, (WINOGRAD_VECTOR){0});
                *(WINOGRAD_VECTOR *)(y + row * y_row + column * NN_CELL + lane) = sum;
            }
        }
    }
}

WINOGRAD_TARGET static void WINOGRAD_JOIN(WINOGRAD_NAME, output)(const float *m, int64_t m_position, int64_t m_block,
                                                                 int64_t blocks, const nn_tiling *t, int64_t first,
                                                                 int64_t end, const float *bias, int relu, float *y,
                                                                 int64_t y_block) {
    for (int64_t block = 0; block < blocks; block++)
        for (int64_t tile = first; tile < end; tile++) {
            tile_corner at = corner_of(t, tile);
            const float *from = m + block * m_block + (tile - first) * NN_CELL;
            float *to = y + block * y_block
                        + ((at.image * t->height + at.row) * t->width + at.column) * NN_CELL;
            int64_t rows = t->height - at.row, columns = t->width - at.column;
            const float *b = bias ? bias + block * NN_CELL : 0;
            call_ahead(from + NN_CELL, m_position);
            if (rows >= 4 && columns >= 4)
                WINOGRAD_JOIN(WINOGRAD_NAME, output_tile)(from, m_position, b, relu, 4, 4, to, t->width * NN_CELL);
            else
                WINOGRAD_JOIN(WINOGRAD_NAME, output_tile)(from, m_position, b, relu, rows < 4 ? rows : 4,
                                                          columns < 4 ? columns : 4, to, t->width * NN_CELL);
        }
}

// m := A y of four values, `step` apart: six.
WINOGRAD_INLINE void WINOGRAD_JOIN(WINOGRAD_NAME, gather_back)(const WINOGRAD_VECTOR *y, int step,
                                                               WINOGRAD_VECTOR *m, int m_step) {
    WINOGRAD_VECTOR even = y[0] + y[2 * step], odd = y[step] + y[3 * step];
    WINOGRAD_VECTOR outer_even = y[0] + 4 * y[2 * step], outer_odd = 2 * y[step] + 8 * y[3 * step];
    m[0] = y[0];
    m[m_step] = even + odd;
    m[2 * m_step] = even - odd;
    m[3 * m_step] = outer_even + outer_odd;
    m[4 * m_step] = outer_even - outer_odd;
    m[5 * m_step] = y[3 * step];
}

// One tile of one block, of which `rows` and `columns` lie inside the image: constants for most tiles.
WINOGRAD_INLINE void WINOGRAD_JOIN(WINOGRAD_NAME, gradient_tile)(int64_t rows, int64_t columns, const float *dy,
                                                                 int64_t dy_row, float *v, int64_t v_position) {
#pragma clang loop unroll(disable)
    for (int64_t lane = 0; lane < NN_CELL; lane += WINOGRAD_LANES) {
        WINOGRAD_VECTOR grid[6][4], row[6];
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) {
            WINOGRAD_VECTOR column[4];
#pragma clang loop unroll(full)
            for (int i = 0; i < 4; i++)
                column[i] = i < rows && j < columns ? *(const WINOGRAD_VECTOR *)(dy + i * dy_row + j * NN_CELL + lane)
                                                    : (WINOGRAD_VECTOR){0};
            WINOGRAD_JOIN(WINOGRAD_NAME, gather_back)(column, 1, &grid[0][j], 4);
        }
        float *to = v + lane;
#pragma clang loop unroll(full)
        for (int i = 0; i < 6; i++) {
            WINOGRAD_JOIN(WINOGRAD_NAME, gather_back)(grid[i], 1, row, 1);
#pragma clang loop unroll(full)
            for (int j = 0; j < 6; j++, to += v_position) *(WINOGRAD_VECTOR *)to = row[j];
        }
    }
}

WINOGRAD_TARGET static void WINOGRAD_JOIN(WINOGRAD_NAME, output_gradient)(
    const float *dy, int64_t dy_block, int64_t blocks, const nn_tiling *t, int64_t first, int64_t end, float *v,
    int64_t v_position, int64_t v_block) {
    for (int64_t block = 0; block < blocks; block++)
        for (int64_t tile = first; tile < end; tile++) {
            tile_corner at = corner_of(t, tile);
            const float *from = dy + block * dy_block
                                + ((at.image * t->height + at.row) * t->width + at.column) * NN_CELL;
            float *to = v + block * v_block + (tile - first) * NN_CELL;
            int64_t rows = t->height - at.row, columns = t->width - at.column;
            call_ahead(to + NN_CELL, v_position);
            if (rows >= 4 && columns >= 4)
                WINOGRAD_JOIN(WINOGRAD_NAME, gradient_tile)(4, 4, from, t->width * NN_CELL, to, v_position);
            else
                WINOGRAD_JOIN(WINOGRAD_NAME, gradient_tile)(rows, columns, from, t->width * NN_CELL, to, v_position);
        }
}

#undef WINOGRAD_NAME
#undef WINOGRAD_TARGET
#undef WINOGRAD_BYTES
#undef WINOGRAD_JOIN2
#undef WINOGRAD_JOIN
#undef WINOGRAD_VECTOR
#undef WINOGRAD_LANES
#undef WINOGRAD_INLINE
