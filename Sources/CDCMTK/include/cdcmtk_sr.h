// Structured reporting (PS3.3 C.17.3) through DCMTK's dcmsr: a content tree as a flat list in pre-order, each item with its
// depth, written into and read from Part 10 bytes. Errors come back as in cdcmtk.h; no exception or DCMTK type crosses this
// header.
#ifndef CDCMTK_SR_H
#define CDCMTK_SR_H

#include "cdcmtk.h"

#ifdef __cplusplus
extern "C" {
#endif

enum cdcmtk_sr_document {
    CDCMTK_SR_BASIC_TEXT = 0,
    CDCMTK_SR_ENHANCED = 1,
    CDCMTK_SR_COMPREHENSIVE = 2,
    CDCMTK_SR_COMPREHENSIVE_3D = 3,
    CDCMTK_SR_KEY_OBJECTS = 4
};

enum cdcmtk_sr_relationship {
    CDCMTK_SR_ROOT = 0,
    CDCMTK_SR_CONTAINS = 1,
    CDCMTK_SR_HAS_OBS_CONTEXT = 2,
    CDCMTK_SR_HAS_ACQ_CONTEXT = 3,
    CDCMTK_SR_HAS_CONCEPT_MOD = 4,
    CDCMTK_SR_HAS_PROPERTIES = 5,
    CDCMTK_SR_INFERRED_FROM = 6,
    CDCMTK_SR_SELECTED_FROM = 7
};

enum cdcmtk_sr_value {
    CDCMTK_SR_CONTAINER = 0,
    CDCMTK_SR_TEXT = 1,
    CDCMTK_SR_CODE = 2,
    CDCMTK_SR_NUM = 3,
    CDCMTK_SR_DATETIME = 4,
    CDCMTK_SR_UIDREF = 5,
    CDCMTK_SR_PNAME = 6,
    CDCMTK_SR_SCOORD = 7,
    CDCMTK_SR_COMPOSITE = 8,
    CDCMTK_SR_IMAGE = 9,
    /// Only read: a value type that Hilum does not write.
    CDCMTK_SR_OTHER = 10
};

/// A coded entry (PS3.3 §8). `value` is NULL when there is none; `version` may be NULL.
typedef struct cdcmtk_sr_code {
    const char *value;
    const char *scheme;
    const char *version;
    const char *meaning;
} cdcmtk_sr_code;

/// One content item. Unused pointers are NULL, unused numbers 0.
typedef struct cdcmtk_sr_item {
    int depth; // 0 for the root, which comes first
    int relationship;
    int value_type;
    cdcmtk_sr_code name;     // Concept Name Code Sequence
    cdcmtk_sr_code code;     // CODE: the value; NUM: the unit
    const char *text;        // TEXT, DATETIME, UIDREF, PNAME: the value; NUM: the number as DS
    const char *sop_class;   // COMPOSITE, IMAGE
    const char *sop_instance;
    int32_t frame;           // IMAGE: 1-based frame number, 0 for the whole image
    const char *template_id; // CONTAINER: template of DCMR
    const float *points;     // SCOORD of graphic type POLYLINE: x (column) and y (row) in turn
    size_t point_count;
} cdcmtk_sr_item;

/// Adds the content tree to the data set of a Part 10 file that holds everything else. Texts are in that data set's
/// character set. The result is Explicit VR Little Endian with defined lengths, its meta information is kept, and `*bytes` is
/// freed with cdcmtk_sr_free.
bool cdcmtk_sr_write(const uint8_t *header, size_t header_length, int document, const cdcmtk_sr_item *items,
                     size_t count, uint8_t **bytes, size_t *length, cdcmtk_error *error);
void cdcmtk_sr_free(uint8_t *bytes);

typedef struct cdcmtk_sr_reader cdcmtk_sr_reader;

/// Reads a document with DCMTK's checks of value types and relationships. NULL when it is no SR document of the four classes
/// above, or not a valid one. `lenient`: takes values that break the rules of their value representation, as UIDs of others
/// may.
cdcmtk_sr_reader *cdcmtk_sr_open(const uint8_t *bytes, size_t length, bool lenient, int *document, cdcmtk_error *error);
/// The next item in pre-order; pointers hold until the next call. Texts are UTF-8. False and an empty error at the end.
bool cdcmtk_sr_next(cdcmtk_sr_reader *reader, cdcmtk_sr_item *item, cdcmtk_error *error);
void cdcmtk_sr_close(cdcmtk_sr_reader *reader);

#ifdef __cplusplus
}
#endif
#endif
