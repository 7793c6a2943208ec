// OpenBLAS behind a table of function pointers, opened at run time so that its kernels can be chosen first.
//
// Debian's OpenBLAS picks kernels for the processor's model number when it is loaded; a model it does not know gets
// the slowest ones (5 to 9 times slower). So the core type is derived from the processor's features, put into the
// environment whatever was there, the library is opened, and the environment is put back as it was.
#ifndef HILUM_COPENBLAS_H
#define HILUM_COPENBLAS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    // 1 when the library is open and every function was found.
    int available;
    // C (m x n) = alpha * op(A) * op(B) + beta * C, all row-major.
    void (*sgemm)(int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int lda,
                  const float *b, int ldb, float beta, float *c, int ldc);
    // What openblas_get_config and openblas_get_corename say; empty when not available.
    char config[256];
    char core[64];
    // The core type asked for; empty when the choice was left to the library (not x86).
    char requested[32];
    // Why the library could not be opened; empty when available.
    char error[512];
} copenblas_table;

// The table, opened at the first call; later calls return the same one. Safe from any thread. The library works on
// the calling thread only (openblas_set_num_threads(1)); callers share out the work.
const copenblas_table *copenblas_open(void);

#ifdef __cplusplus
}
#endif
#endif
