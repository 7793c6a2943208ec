// Numeric kernels with run-time dispatch; one header per part.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "ckernels_cells.h"
#include "ckernels_dispatch.h"
#include "ckernels_imaging.h"
#include "ckernels_limits.h"
#include "ckernels_nn.h"
#include "ckernels_texture.h"
#include "ckernels_training.h"

#endif
