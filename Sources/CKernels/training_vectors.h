// A cell as one vector, which becomes what the processor has; pointers need no alignment.
#ifndef CKERNELS_TRAINING_VECTORS_H
#define CKERNELS_TRAINING_VECTORS_H

#include <stdint.h>

#include "ckernels_cells.h"
#include "ckernels_targets.h"

#define CK_INLINE static inline __attribute__((always_inline))

typedef float cell_f32 __attribute__((vector_size(4 * NN_CELL), aligned(4)));
typedef int32_t cell_s32 __attribute__((vector_size(4 * NN_CELL), aligned(4)));
typedef double cell_f64 __attribute__((vector_size(8 * NN_CELL), aligned(8)));

#define CELL_AT(pointer) (*(cell_f32 *)(pointer))
#define CONST_CELL_AT(pointer) (*(const cell_f32 *)(pointer))

// Where `mask` is set, v; else 0.
#define CELL_WHERE(mask, v) ((cell_f32)((mask) & (cell_s32)(v)))

// Sums run over so many pixels in f32 before they are added to sums in double.
enum { CELL_RUN = 64 };

#endif
