// What becomes of a product's sums: bias, residual and ReLU, then f32, bf16 or bytes.
#ifndef CKERNELS_CELLS_PRODUCT_STORES_H
#define CKERNELS_CELLS_PRODUCT_STORES_H


typedef float f32x4 __attribute__((vector_size(16), aligned(4)));
typedef float f32x8 __attribute__((vector_size(32), aligned(4)));
typedef float f32x16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t s32 __attribute__((may_alias));
typedef int32_t s32x4 __attribute__((vector_size(16), aligned(4)));
typedef int32_t s32x16 __attribute__((vector_size(64), aligned(4)));
typedef uint8_t u8x4 __attribute__((vector_size(4), aligned(1)));
typedef uint8_t u8x16 __attribute__((vector_size(16), aligned(1)));
typedef uint16_t u16x4 __attribute__((vector_size(8), aligned(2)));
typedef uint16_t u16x16 __attribute__((vector_size(32), aligned(2)));

// The products of processors without instructions for them: four bytes, or two bf16, in each lane.
static inline void multiply_bytes(s32x4 *sum, const float *input, const s32x4 *weights) {
    uint8_t x[4];
    int8_t w[16];
    memcpy(x, input, sizeof x);
    memcpy(w, weights, sizeof w);
    for (int lane = 0; lane < 4; lane++)
        for (int i = 0; i < 4; i++) (*sum)[lane] += x[i] * w[4 * lane + i];
}

static inline void multiply_halves(f32x4 *sum, const float *input, const f32x4 *weights) {
    uint16_t x[2], w[8];
    memcpy(x, input, sizeof x);
    memcpy(w, weights, sizeof w);
    for (int i = 0; i < 2; i++)
        for (int lane = 0; lane < 4; lane++) (*sum)[lane] += float_from_bf16(x[i]) * float_from_bf16(w[2 * lane + i]);
}

// What stores vectors of `lanes`; `bytes_of` and `halves_of` round them. `sums` holds, for each vector of outputs, its
// positions; `bytes_of` is given no negative numbers. The elements of y and of the residual are constants where `finish` is inlined: a product of few inputs
// spends much of its time here.
#define DEFINE_STORE(lanes, target, bytes_of, halves_of)                                                             \
    target static inline __attribute__((always_inline)) f32x##lanes residual_f32x##lanes(                            \
        const nn_product *p, const nn_element element, const float *from, int64_t lane) {                            \
        if (element == NN_F32) return *(const f32x##lanes *)(from + lane);                                           \
        if (element == NN_BF16) {                                                                                    \
            const uint16_t *halves = (const uint16_t *)from + lane;                                                  \
            return (f32x##lanes)(__builtin_convertvector(*(const u16x##lanes *)halves, s32x##lanes) << 16);          \
        }                                                                                                            \
        const uint8_t *bytes = (const uint8_t *)from + lane;                                                         \
        s32x##lanes steps = __builtin_convertvector(*(const u8x##lanes *)bytes, s32x##lanes) - p->residual_zero;     \
        return __builtin_convertvector(steps, f32x##lanes) * p->residual_scale;                                      \
    }                                                                                                                \
    target static inline __attribute__((always_inline)) void finish_bytes_x##lanes(                                  \
        const nn_product *p, const cells_place *at, int positions, int cells, const f32x##lanes *sums,               \
        const int is_exact, const int has_residual) {                                                                \
        const float zero = (float)p->y_zero, residual_scale = p->residual_scale * p->y_inverse;                      \
        const float shift = has_residual ? zero - (float)p->residual_zero * residual_scale : zero;                   \
        const f32x##lanes floor = (f32x##lanes){0} + (p->relu ? zero : 0.0f);                                        \
        for (int cell = 0; cell < cells; cell++) {                                                                   \
            const int64_t block = at->block + cell;                                                                  \
            const float *residual = at->residual;                                                                    \
            if (has_residual) residual += set_offset(block, p->residual_block, NN_U8);                               \
            float *y = at->y + set_offset(block, p->y_block, NN_U8);                                                 \
            for (int64_t lane = 0; lane < NN_CELL; lane += lanes, sums += positions) {                               \
                f32x##lanes bias = (f32x##lanes){0} + shift, scale = (f32x##lanes){0} + p->y_inverse;                \
                if (p->bias) bias += *(const f32x##lanes *)(p->bias + block * NN_CELL + lane) * p->y_inverse;        \
                if (is_exact) scale *= *(const f32x##lanes *)(p->scale + block * NN_CELL + lane);                    \
                const uint8_t *other = (const uint8_t *)residual + lane;                                             \
                uint8_t *to = (uint8_t *)y + lane;                                                                   \
                for (int i = 0; i < positions; i++, to += 4 * p->y_column, other += 4 * p->y_column) {               \
                    f32x##lanes value = sums[i];                                                                     \
                    if (is_exact) value = __builtin_convertvector((s32x##lanes)value, f32x##lanes);                  \
                    value *= scale;                                                                                  \
                    value += bias;                                                                                   \
                    if (has_residual) {                                                                              \
                        s32x##lanes bytes = __builtin_convertvector(*(const u8x##lanes *)other, s32x##lanes);        \
                        f32x##lanes added = __builtin_convertvector(bytes, f32x##lanes) * residual_scale;            \
                        value += added;                                                                              \
                    }                                                                                                \
                    *(u8x##lanes *)to = bytes_of(__builtin_elementwise_max(floor, value));                           \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
    }                                                                                                                \
    target static inline __attribute__((always_inline)) void finish_f32x##lanes(                                     \
        const nn_product *p, const cells_place *at, int positions, int cells, const f32x##lanes *sums,               \
        const int is_exact, const nn_element y_element, const int has_residual, const nn_element residual_element) { \
        const f32x##lanes floor = (f32x##lanes){0} + (p->relu ? 0.0f : -__builtin_inff());                           \
        for (int cell = 0; cell < cells; cell++) {                                                                   \
            const int64_t block = at->block + cell;                                                                  \
            const float *residual = at->residual;                                                                    \
            if (has_residual) residual += set_offset(block, p->residual_block, residual_element);                    \
            float *y = at->y + set_offset(block, p->y_block, y_element);                                             \
            for (int64_t lane = 0; lane < NN_CELL; lane += lanes, sums += positions) {                               \
                f32x##lanes bias = {0};                                                                              \
                if (p->bias) bias = *(const f32x##lanes *)(p->bias + block * NN_CELL + lane);                        \
                f32x##lanes scale = {0};                                                                             \
                if (is_exact) scale = *(const f32x##lanes *)(p->scale + block * NN_CELL + lane);                     \
                float *to = y;                                                                                       \
                const float *other = residual;                                                                       \
                for (int i = 0; i < positions; i++, to += p->y_column, other += p->y_column) {                       \
                    f32x##lanes value = sums[i];                                                                     \
                    if (is_exact) value = __builtin_convertvector((s32x##lanes)value, f32x##lanes) * scale;          \
                    value += bias;                                                                                   \
                    if (has_residual) value += residual_f32x##lanes(p, residual_element, other, lane);               \
                    value = __builtin_elementwise_max(floor, value);                                                 \
                    if (y_element == NN_F32)                                                                         \
                        *(f32x##lanes *)(to + lane) = value;                                                         \
                    else if (y_element == NN_BF16)                                                                   \
                        *(u16x##lanes *)((uint16_t *)to + lane) = halves_of(value);                                  \
                    else                                                                                             \
                        *(u8x##lanes *)((uint8_t *)to + lane) = bytes_of(__builtin_elementwise_max(                              \
                            (f32x##lanes){0}, value * p->y_inverse + (float)p->y_zero));                             \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
    }                                                                                                                \
    target static inline __attribute__((always_inline)) void choose_f32x##lanes(                                     \
        const nn_product *p, const cells_place *at, int positions, int cells, const f32x##lanes *sums,               \
        const int is_exact) {                                                                                        \
        nn_element y = p->y_element, r = at->residual ? p->residual_element : y;                                     \
        if (y != r)                                                                                                  \
            finish_f32x##lanes(p, at, positions, cells, sums, is_exact, y, 1, r);                                    \
        else if (y == NN_F32 && !at->residual)                                                                       \
            finish_f32x##lanes(p, at, positions, cells, sums, is_exact, NN_F32, 0, NN_F32);                          \
        else if (y == NN_F32)                                                                                        \
            finish_f32x##lanes(p, at, positions, cells, sums, is_exact, NN_F32, 1, NN_F32);                          \
        else if (y == NN_U8 && !at->residual)                                                                        \
            finish_bytes_x##lanes(p, at, positions, cells, sums, is_exact, 0);                                       \
        else if (y == NN_U8)                                                                                         \
            finish_bytes_x##lanes(p, at, positions, cells, sums, is_exact, 1);                                       \
        else if (!at->residual)                                                                                      \
            finish_f32x##lanes(p, at, positions, cells, sums, is_exact, NN_BF16, 0, NN_BF16);                        \
        else                                                                                                         \
            finish_f32x##lanes(p, at, positions, cells, sums, is_exact, NN_BF16, 1, NN_BF16);                        \
    }                                                                                                                \
    target static __attribute__((noinline)) void store_f32x##lanes(const nn_product *p, const cells_place *at,       \
                                                                   int positions, int cells,                         \
                                                                   const f32x##lanes *sums) {                        \
        choose_f32x##lanes(p, at, positions, cells, sums, 0);                                                        \
    }                                                                                                                \
    target static __attribute__((noinline, unused)) void store_s32x##lanes(const nn_product *p,                      \
                                                                           const cells_place *at, int positions,     \
                                                                           int cells, const s32x##lanes *sums) {     \
        choose_f32x##lanes(p, at, positions, cells, (const f32x##lanes *)sums, 1);                                   \
    }

static inline u8x4 bytes_of_4(f32x4 value) {
    u8x4 bytes;
    for (int i = 0; i < 4; i++) bytes[i] = byte_from_float(value[i], 1, 0);
    return bytes;
}

static inline u16x4 halves_of_4(f32x4 value) {
    u16x4 halves;
    for (int i = 0; i < 4; i++) halves[i] = bf16_from_float(value[i]);
    return halves;
}

DEFINE_STORE(4, , bytes_of_4, halves_of_4)

#if defined(__x86_64__)
typedef int32_t s32x8 __attribute__((vector_size(32), aligned(4)));
typedef uint8_t u8x8 __attribute__((vector_size(8), aligned(1)));
typedef uint16_t u16x8 __attribute__((vector_size(16), aligned(2)));

CK_TARGET_AVX2 static inline u8x8 bytes_of_8(f32x8 value) {
    u8x8 bytes;
    for (int i = 0; i < 8; i++) bytes[i] = byte_from_float(value[i], 1, 0);
    return bytes;
}

CK_TARGET_AVX2 static inline u16x8 halves_of_8(f32x8 value) {
    u16x8 halves;
    for (int i = 0; i < 8; i++) halves[i] = bf16_from_float(value[i]);
    return halves;
}

DEFINE_STORE(8, CK_TARGET_AVX2, bytes_of_8, halves_of_8)

CK_TARGET_AVX512 static inline __attribute__((always_inline)) u8x16 bytes_of_16(f32x16 value) {
    return (u8x16)_mm512_cvtusepi32_epi8(_mm512_cvtps_epi32((__m512)value));
}

CK_TARGET_AVX512 static inline __attribute__((always_inline)) u16x16 halves_of_16(f32x16 value) {
    __m512i bits = (__m512i)value;
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    bits = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    return (u16x16)_mm512_cvtepi32_epi16(_mm512_srli_epi32(bits, 16));
}

DEFINE_STORE(16, CK_TARGET_AVX512, bytes_of_16, halves_of_16)
#endif

#endif
