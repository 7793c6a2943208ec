#include "ckernels_dispatch.h"

ck_level ck_best_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return CK_LEVEL_BASELINE;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw")
        || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return CK_LEVEL_AVX2;
    return __builtin_cpu_supports("avx512vbmi") ? CK_LEVEL_AVX512_VBMI : CK_LEVEL_AVX512;
#else
    return CK_LEVEL_BASELINE;
#endif
}

int ck_has_byte_products(void) {
#if defined(__x86_64__)
    return ck_best_level() >= CK_LEVEL_AVX512 && __builtin_cpu_supports("avx512vnni") != 0;
#else
    return 0;
#endif
}

int ck_has_bf16_products(void) {
#if defined(__x86_64__)
    return ck_best_level() >= CK_LEVEL_AVX512 && __builtin_cpu_supports("avx512bf16") != 0;
#else
    return 0;
#endif
}
