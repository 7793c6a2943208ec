#include "ckernels_training.h"
#include "training_vectors.h"

// u := G g of three values, `step` and `u_step` apart.
CK_INLINE void spread_cells(const cell_f32 *g, int step, cell_f32 *u, int u_step) {
    cell_f32 a = g[0], b = g[step], c = g[2 * step];
    cell_f32 outer = (a + c) * (-1.0f / 6), near = b * (1.0f / 6), far = a * (1.0f / 24) + c * (1.0f / 6);
    u[0] = a * 0.25f;
    u[u_step] = outer - near;
    u[2 * u_step] = outer + near;
    u[3 * u_step] = far + b * (1.0f / 12);
    u[4 * u_step] = far - b * (1.0f / 12);
    u[5 * u_step] = c;
}

// g := G^T u of six values.
CK_INLINE void gather_cells(const cell_f32 *u, int u_step, cell_f32 *g, int step) {
    cell_f32 near = (u[u_step] + u[2 * u_step]) * (-1.0f / 6), far = u[3 * u_step] + u[4 * u_step];
    g[0] = u[0] * 0.25f + near + far * (1.0f / 24);
    g[step] = (u[2 * u_step] - u[u_step]) * (1.0f / 6) + (u[3 * u_step] - u[4 * u_step]) * (1.0f / 12);
    g[2 * step] = near + far * (1.0f / 6) + u[5 * u_step];
}

// `tap` floats between the nine taps, `position` between the 36 positions.
CK_INLINE void spread_kernel(const float *w, int64_t tap, float *u, int64_t position) {
    cell_f32 g[9], columns[18], row[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < 9; i++) g[i] = CONST_CELL_AT(w + i * tap);
#pragma clang loop unroll(full)
    for (int column = 0; column < 3; column++) spread_cells(g + column, 3, columns + column, 3);
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; i++) {
        spread_cells(columns + i * 3, 1, row, 1);
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) CELL_AT(u + (i * 6 + j) * position) = row[j];
    }
}

CK_INLINE void gather_kernel(const float *u, int64_t position, float *w, int64_t tap) {
    cell_f32 g[9], rows[18], row[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) row[j] = CONST_CELL_AT(u + (i * 6 + j) * position);
        gather_cells(row, 1, rows + i * 3, 1);
    }
#pragma clang loop unroll(full)
    for (int column = 0; column < 3; column++) gather_cells(rows + column, 3, g + column, 3);
#pragma clang loop unroll(full)
    for (int i = 0; i < 9; i++) CELL_AT(w + i * tap) = g[i];
}

CK_CLONES void nn_winograd_packed_weights(const float *w, int64_t count, int64_t width, float *u, int64_t u_position) {
    int64_t tap = NN_CELL * width;
    for (int64_t block = 0; block < count; block++)
        for (int64_t at = 0; at < tap; at += NN_CELL)
            spread_kernel(w + block * 9 * tap + at, tap, u + block * tap + at, u_position);
}

CK_CLONES void nn_winograd_weights_gradient(const float *u, int64_t u_position, int64_t count, int64_t width,
                                            float *grad) {
    int64_t tap = NN_CELL * width;
    for (int64_t block = 0; block < count; block++)
        for (int64_t at = 0; at < tap; at += NN_CELL)
            gather_kernel(u + block * tap + at, u_position, grad + block * 9 * tap + at, tap);
}
