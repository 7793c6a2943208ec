#include <string.h>

#include "ckernels_targets.h"
#include "ckernels_training.h"

// Some positions of one or two blocks of dy, few enough to stay in the first-level cache while blocks and taps go by.
typedef struct {
    const float *dy;
    int64_t rows, columns;
    // How far the next panel's dy lies.
    int64_t next;
    // Whether the sums of earlier panels are there already.
    int accumulate;
} outer_panel;

enum {
    PANEL_POSITIONS = 128,
    // So much of x (256 KiB) stays in the second-level cache while groups go by.
    STRETCH_PANELS = 4,
    STRETCH_BLOCKS = 8
};

// One block and tap: x is the cell of the panel's first position, `width` what a row of grad has.
typedef void (*outer_cell)(const nn_outer *, const outer_panel *, const float *x, float *grad, int64_t width);

#define CHANNELS_BY_2(TILE) \
    TILE(0, 2) TILE(2, 2) TILE(4, 2) TILE(6, 2) TILE(8, 2) TILE(10, 2) TILE(12, 2) TILE(14, 2)
#define CHANNELS_BY_6(TILE) TILE(0, 6) TILE(6, 5) TILE(11, 5)
#define CHANNELS_BY_8(TILE) TILE(0, 8) TILE(8, 8)
#define CHANNELS_BY_16(TILE) TILE(0, 16)

#define OUTER_NAME outer_baseline
#define OUTER_TARGET
#define OUTER_BYTES 16
#define OUTER_NARROW CHANNELS_BY_2
#include "training_outer_body.h"

#if defined(__x86_64__)
#define OUTER_NAME outer_avx2
#define OUTER_TARGET CK_TARGET_AVX2
#define OUTER_BYTES 32
#define OUTER_NARROW CHANNELS_BY_6
#include "training_outer_body.h"

#define OUTER_NAME outer_avx512
#define OUTER_TARGET CK_TARGET_AVX512
#define OUTER_BYTES 64
#define OUTER_NARROW CHANNELS_BY_16
#define OUTER_WIDE CHANNELS_BY_8
#include "training_outer_body.h"
#endif

typedef struct {
    // `wide` is NULL where two cells of outputs do not fit into the registers.
    outer_cell narrow, wide;
} outer_cells;

static outer_cells cells_of(ck_level level) {
#if defined(__x86_64__)
    if (level >= CK_LEVEL_AVX512) return (outer_cells){outer_avx512_narrow, outer_avx512_wide};
    if (level >= CK_LEVEL_AVX2) return (outer_cells){outer_avx2_narrow, 0};
#endif
    (void)level;
    return (outer_cells){outer_baseline_narrow, 0};
}

// Rows that follow each other without a gap are one row.
static nn_outer joined(const nn_outer *outer) {
    nn_outer o = *outer;
    if (o.rows > 1 && o.x_row == o.columns * o.x_column && o.dy_row == o.columns * o.dy_column)
        o.columns *= o.rows, o.rows = 1;
    return o;
}

// The blocks [first, end) of one group by one panel, whose first cell of x in block 0 is `x`.
static void one_panel(const nn_outer *o, const outer_cells *cells, int64_t group, const outer_panel *panel,
                      const float *x, int64_t first, int64_t end) {
    int64_t count = o->output_blocks - 2 * group > 1 ? 2 : 1, width = count * NN_CELL;
    outer_panel other = *panel;
    other.dy += o->dy_block;
    for (int64_t block = first; block < end; block++) {
        float *grad = o->grad + group * o->grad_group + block * (count == 2 ? o->grad_block : o->grad_block / 2);
        for (int64_t tap = 0; tap < o->tap_count; tap++, grad += NN_CELL * width) {
            const float *from = x + block * o->x_block + o->taps[tap];
            if (count == 2 && cells->wide) {
                cells->wide(o, panel, from, grad, width);
                continue;
            }
            cells->narrow(o, panel, from, grad, width);
            if (count == 2) cells->narrow(o, &other, from, grad + NN_CELL, width);
        }
    }
}

// A stretch of rows and columns that becomes one or several panels, all but the last of `step` positions a side.
typedef struct {
    int64_t first, end, step;
} outer_side;

// Panels of about the same size: a short last one would be all loading and storing of sums.
static int64_t even_step(int64_t count, int64_t most) {
    int64_t parts = (count + most - 1) / most;
    return (count + parts - 1) / parts;
}

// The blocks [first, end) of one group by all panels of a stretch.
static void one_stretch(const nn_outer *o, const outer_cells *cells, int64_t group, outer_side rows,
                        outer_side columns, int64_t first, int64_t end) {
    outer_panel panel;
    for (int64_t row = rows.first; row < rows.end; row += rows.step)
        for (int64_t column = columns.first; column < columns.end; column += columns.step) {
            panel.rows = rows.end - row < rows.step ? rows.end - row : rows.step;
            panel.columns = columns.end - column < columns.step ? columns.end - column : columns.step;
            panel.accumulate = o->accumulate || row > 0 || column > 0;
            panel.next = panel.rows > 1 ? panel.rows * o->dy_row : panel.columns * o->dy_column;
            panel.dy = o->dy + 2 * group * o->dy_block + row * o->dy_row + column * o->dy_column;
            one_panel(o, cells, group, &panel, o->x + row * o->x_row + column * o->x_column, first, end);
        }
}

static outer_side part_of(int64_t first, int64_t count, int64_t total, int64_t step) {
    return (outer_side){first, first + count < total ? first + count : total, step};
}

void nn_cells_outer(ck_level level, const nn_outer *outer, int64_t first_block, int64_t end_block, int64_t first_group,
                    int64_t end_group) {
    nn_outer o = joined(outer);
    outer_cells cells = cells_of(level);
    int64_t columns = even_step(o.columns, PANEL_POSITIONS), rows = even_step(o.rows, PANEL_POSITIONS / columns);
    // A stretch is one row of panels or, where a panel has whole rows, several.
    int64_t down = columns < o.columns ? rows : STRETCH_PANELS * rows, across = STRETCH_PANELS * columns;
    for (int64_t block = first_block; block < end_block; block += STRETCH_BLOCKS) {
        int64_t end = block + STRETCH_BLOCKS < end_block ? block + STRETCH_BLOCKS : end_block;
        for (int64_t row = 0; row < o.rows; row += down)
            for (int64_t column = 0; column < o.columns; column += across)
                for (int64_t group = first_group; group < end_group; group++)
                    one_stretch(&o, &cells, group, part_of(row, down, o.rows, rows),
                                part_of(column, across, o.columns, columns), block, end);
    }
}
