#include "copenblas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };

typedef void (*cblas_sgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                                     const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

static copenblas_table table;
static cblas_sgemm_function cblas_sgemm;

static void row_major_sgemm(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
                            int lda, const float *b, int ldb, float beta, float *c, int ldc) {
    cblas_sgemm(ROW_MAJOR, transpose_a ? TRANSPOSE : NO_TRANSPOSE, transpose_b ? TRANSPOSE : NO_TRANSPOSE, m, n, k,
                alpha, a, lda, b, ldb, beta, c, ldc);
}

// The kernels whose instructions this processor has, by OpenBLAS's names; NULL where OpenBLAS knows best.
static const char *core_type_for_processor(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return "SkylakeX";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
    if (__builtin_cpu_supports("avx")) return "Sandybridge";
    return "Nehalem";
#else
    return NULL;
#endif
}

typedef struct {
    const char *name;
    char *before;
} saved_variable;

static saved_variable replace_variable(const char *name, const char *value) {
    const char *now = getenv(name);
    saved_variable saved = {name, now ? strdup(now) : NULL};
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
    return saved;
}

static void restore_variable(saved_variable saved) {
    if (saved.before)
        setenv(saved.name, saved.before, 1);
    else
        unsetenv(saved.name);
    free(saved.before);
}

static void *open_library(void) {
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
        if (i == 0) {
            const char *why = dlerror();
            snprintf(table.error, sizeof table.error, "%s", why ? why : "libopenblas.so.0 could not be opened");
        }
    }
    return NULL;
}

static void fill_table(void *library) {
    cblas_sgemm = (cblas_sgemm_function)dlsym(library, "cblas_sgemm");
    void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
    char *(*config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
    char *(*core)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
    if (!cblas_sgemm || !set_threads || !config || !core) {
        snprintf(table.error, sizeof table.error, "the library has no cblas_sgemm or is not OpenBLAS");
        return;
    }
    set_threads(1);
    snprintf(table.config, sizeof table.config, "%s", config());
    snprintf(table.core, sizeof table.core, "%s", core());
    table.error[0] = 0;
    table.sgemm = row_major_sgemm;
    table.available = 1;
}

static void open_once(void) {
    const char *core_type = core_type_for_processor();
    saved_variable core = replace_variable("OPENBLAS_CORETYPE", core_type);
    // One thread from the start: the library's own threads would only be started to be sent home.
    saved_variable threads = replace_variable("OPENBLAS_NUM_THREADS", "1");
    void *library = open_library();
    restore_variable(threads);
    restore_variable(core);
    snprintf(table.requested, sizeof table.requested, "%s", core_type ? core_type : "");
    if (library) fill_table(library);
}

const copenblas_table *copenblas_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_once);
    return &table;
}
