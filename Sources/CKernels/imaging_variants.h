// One plain loop compiled for several instruction sets.
#ifndef CK_IMAGING_VARIANTS_H
#define CK_IMAGING_VARIANTS_H

#include "ckernels_dispatch.h"
#include "ckernels_targets.h"

// A fused multiply-add rounds once instead of twice: with it, variants would differ in the last bit.
#pragma STDC FP_CONTRACT OFF

#define CK_BODY static inline __attribute__((always_inline))

#if defined(__x86_64__)
#include <immintrin.h>

// Defines `name(level, …)` that calls `name_body(…)`, compiled for each level.
#define CK_VARIANTS(name, parameters, arguments)                                          \
    CK_TARGET_AVX2 static void name##_avx2 parameters { name##_body arguments; }          \
    CK_TARGET_AVX512 static void name##_avx512 parameters { name##_body arguments; }      \
    static void name##_baseline parameters { name##_body arguments; }                     \
    void name CK_WITH_LEVEL parameters {                                                  \
        if (level >= CK_LEVEL_AVX512) name##_avx512 arguments;                            \
        else if (level >= CK_LEVEL_AVX2) name##_avx2 arguments;                           \
        else name##_baseline arguments;                                                   \
    }
#else
#define CK_VARIANTS(name, parameters, arguments)                                          \
    void name CK_WITH_LEVEL parameters {                                                  \
        (void)level;                                                                      \
        name##_body arguments;                                                            \
    }
#endif

// `name CK_WITH_LEVEL (a, b)` becomes `name(ck_level level, a, b)`.
#define CK_WITH_LEVEL(...) (ck_level level, __VA_ARGS__)

#endif
