#include <math.h>
#include <string.h>

#include "ckernels_training.h"

enum { MOST_CLASSES = 8 };

// log of the sum of exp(z) over the classes of a set, which is not empty.
static double log_sum(const double *z, unsigned set) {
    double largest = -INFINITY, sum = 0;
    for (int c = 0; c < MOST_CLASSES; c++)
        if (set >> c & 1u && z[c] > largest) largest = z[c];
    for (int c = 0; c < MOST_CLASSES; c++)
        if (set >> c & 1u) sum += exp(z[c] - largest);
    return largest + log(sum);
}

typedef struct {
    int classes;
    double weight[MOST_CLASSES], weights, smoothing;
} loss_rule;

// The loss of one pixel with label `set`; slope := d loss / d z.
static double pixel_loss(const loss_rule *rule, const double *z, unsigned set, double *slope, double *weight) {
    double total = log_sum(z, (1u << rule->classes) - 1u), inside = log_sum(z, set), sum = 0;
    int members = __builtin_popcount(set);
    for (int c = 0; c < rule->classes; c++)
        if (set >> c & 1u) sum += rule->weight[c];
    *weight = sum / members;
    double smoothing = members == 1 ? rule->smoothing : 0, spread = smoothing / rule->classes;
    double own = (1 - smoothing) * *weight, loss = own * (total - inside);
    for (int c = 0; c < rule->classes; c++) {
        double p = exp(z[c] - total), share = set >> c & 1u ? exp(z[c] - inside) : 0;
        loss += spread * rule->weight[c] * (total - z[c]);
        slope[c] = own * (p - share) + spread * (p * rule->weights - rule->weight[c]);
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
