#ifndef CKERNELS_NN_H
#define CKERNELS_NN_H

#endif
