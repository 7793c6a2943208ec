#include <math.h>
#include <string.h>

#include "ckernels_training.h"

enum { MOST_CLASSES = 8 };

typedef struct {
    int classes;
    double weight[MOST_CLASSES], weights, smoothing;
} loss_rule;

// Of the classes of a set, which is not empty: the largest z, and the sum of exp(z - largest).
typedef struct {
    double largest, sum;
} set_sum;

static set_sum sum_over(const double *z, unsigned set, double *powers) {
    set_sum s = {-INFINITY, 0};
    for (int c = 0; c < MOST_CLASSES; c++)
        if (set >> c & 1u && z[c] > s.largest) s.largest = z[c];
    for (int c = 0; c < MOST_CLASSES; c++) {
        powers[c] = set >> c & 1u ? exp(z[c] - s.largest) : 0;
        s.sum += powers[c];
    }
    return s;
}

// The loss of one pixel with label `set`; slope := d loss / d z.
static double pixel_loss(const loss_rule *rule, const double *z, unsigned set, double *slope, double *weight) {
    double powers[MOST_CLASSES], shares[MOST_CLASSES], sum = 0;
    set_sum all = sum_over(z, (1u << rule->classes) - 1u, powers), own = sum_over(z, set, shares);
    double total = all.largest + log(all.sum), inside = own.largest + (own.sum > 1 ? log(own.sum) : 0);
    int members = __builtin_popcount(set);
    for (int c = 0; c < rule->classes; c++)
        if (set >> c & 1u) sum += rule->weight[c];
    *weight = sum / members;
    double smoothing = members == 1 ? rule->smoothing : 0, spread = smoothing / rule->classes;
    double certain = (1 - smoothing) * *weight, loss = certain * (total - inside);
    for (int c = 0; c < rule->classes; c++) {
        double p = powers[c] / all.sum;
        loss += spread * rule->weight[c] * (total - z[c]);
        slope[c] = certain * (p - shares[c] / own.sum) + spread * (p * rule->weights - rule->weight[c]);
    }
    return loss;
}

double nn_cells_cross_entropy(const float *logits, const uint8_t *labels, int64_t pixels, int64_t classes,
                              const float *weight, float smoothing, float factor, float *gradient,
                              double *weight_sum) {
    loss_rule rule = {.classes = (int)classes, .smoothing = (double)smoothing};
    for (int c = 0; c < rule.classes; c++) {
        rule.weight[c] = (double)weight[c];
        rule.weights += rule.weight[c];
    }
    double loss = 0;
    for (int64_t pixel = 0; pixel < pixels; pixel++, logits += NN_CELL) {
        double z[MOST_CLASSES], slope[MOST_CLASSES] = {0}, own = 0;
        unsigned set = labels[pixel] & ((1u << classes) - 1u);
        if (set) {
            for (int c = 0; c < rule.classes; c++) z[c] = (double)logits[c];
            loss += pixel_loss(&rule, z, set, slope, &own);
            *weight_sum += own;
        }
        if (!gradient) continue;
        memset(gradient, 0, NN_CELL * sizeof *gradient);
        for (int c = 0; c < rule.classes; c++) gradient[c] = (float)((double)factor * slope[c]);
        gradient += NN_CELL;
    }
    return loss;
}
