#ifndef CDCMTK_SR_H
#define CDCMTK_SR_H
#endif
