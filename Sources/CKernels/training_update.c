#include <string.h>

#include "ckernels_training.h"
#include "training_vectors.h"

// splitmix64 (Steele, Lea and Flood 2014).
static uint64_t mixed(uint64_t z) {
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

// Two rounds of a 32-bit mixing function (Wellons, "Prospecting for hash functions", lowbias32), each with a key: one
// key alone would only permute the counters.
CK_INLINE uint32_t hashed(uint32_t counter, uint32_t key, uint32_t other_key) {
    uint32_t h = counter ^ key;
    h = (h ^ h >> 16) * 0x7feb352du;
    h = (h ^ h >> 15) * 0x846ca68bu;
    h = (h ^ h >> 16) + other_key;
    h = (h ^ h >> 16) * 0x7feb352du;
    h = (h ^ h >> 15) * 0x846ca68bu;
    return h ^ h >> 16;
}

CK_CLONES static void drop(float *x, int64_t count, uint32_t limit, float scale, uint64_t key, uint32_t first) {
    uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32);
    for (int64_t i = 0; i < count; i++)
        x[i] = hashed(first + (uint32_t)i, low, high) < limit ? 0 : x[i] * scale;
}

void nn_dropout(float *x, int64_t count, float share, uint64_t seed, uint64_t first) {
    if (!(share > 0)) return;
    if (share >= 1) {
        memset(x, 0, (size_t)count * sizeof *x);
        return;
    }
    uint32_t limit = (uint32_t)((double)share * 4294967296.0);
    float scale = 1 / (1 - share);
    // Counters have 32 bits; what lies above them goes into the key.
    while (count > 0) {
        int64_t left = (int64_t)(4294967296u - (first & 0xffffffffu)), now = count < left ? count : left;
        drop(x, now, limit, scale, mixed(mixed(seed) ^ first >> 32), (uint32_t)first);
        x += now, count -= now, first += (uint64_t)now;
    }
}

CK_CLONES void nn_sgd_step(float *restrict w, float *restrict v, const float *restrict gradient, int64_t count,
                           float factor, float decay, float momentum, float rate, int nesterov) {
    if (nesterov)
        for (int64_t i = 0; i < count; i++) {
            float g = factor * gradient[i] + decay * w[i];
            v[i] = momentum * v[i] + g;
            w[i] -= rate * (g + momentum * v[i]);
        }
    else
        for (int64_t i = 0; i < count; i++) {
            v[i] = momentum * v[i] + (factor * gradient[i] + decay * w[i]);
            w[i] -= rate * v[i];
        }
}

CK_CLONES void nn_adam_step(float *restrict w, float *restrict m, float *restrict v, const float *restrict gradient,
                            int64_t count, nn_adam_rule rule) {
    for (int64_t i = 0; i < count; i++) {
        float g = rule.factor * gradient[i];
        m[i] += (1 - rule.beta1) * (g - m[i]);
        v[i] += (1 - rule.beta2) * (g * g - v[i]);
        w[i] -= rule.decay * w[i] + rule.rate * m[i] / (rule.root * __builtin_elementwise_sqrt(v[i]) + rule.epsilon);
    }
}

CK_CLONES void nn_average_towards(const float *restrict x, int64_t count, float share, float *restrict average) {
    for (int64_t i = 0; i < count; i++) average[i] += share * (x[i] - average[i]);
}

CK_CLONES double nn_square_sum(const float *x, int64_t count) {
    cell_f64 sums = {0};
    int64_t whole = count / NN_CELL * NN_CELL;
    for (int64_t i = 0; i < whole; i += NN_CELL) {
        cell_f64 v = __builtin_convertvector(CONST_CELL_AT(x + i), cell_f64);
        sums += v * v;
    }
    double sum = 0;
    for (int lane = 0; lane < NN_CELL; lane++) sum += sums[lane];
    for (int64_t i = whole; i < count; i++) sum += (double)x[i] * (double)x[i];
    return sum;
}
