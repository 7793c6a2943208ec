// DCMTK and OpenJPEG behind plain C.
//
// Handles are opaque, buffers belong to the caller, errors come back as text. No exception crosses this header.
// Handles are not thread-safe: a caller serialises the calls on one data set and its items.
#ifndef CDCMTK_H
#define CDCMTK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A data set and everything in it.
typedef struct cdcmtk_dataset cdcmtk_dataset;
/// A data set's root or a sequence's item; lives as long as its data set.
typedef struct cdcmtk_item cdcmtk_item;

typedef enum {
    CDCMTK_FAULT_OTHER,
    /// The data broke an invariant of a codec.
    CDCMTK_FAULT_INVARIANT,
    /// No thread could be started for a codec, which says nothing of the data.
    CDCMTK_FAULT_NO_THREAD,
} cdcmtk_fault;

/// What went wrong, as a clause without patient data; empty after success.
typedef struct {
    char text[256];
    cdcmtk_fault fault;
} cdcmtk_error;

/// How a data set's bytes are laid out (PS3.5 §10). Every encapsulated transfer syntax is explicit VR little endian.
typedef enum {
    CDCMTK_IMPLICIT_LITTLE_ENDIAN,
    CDCMTK_EXPLICIT_LITTLE_ENDIAN,
    CDCMTK_EXPLICIT_BIG_ENDIAN,
    CDCMTK_ENCAPSULATED,
} cdcmtk_encoding;

/// How often an invariant of a codec has failed in this process: `which` is the first, empty while there is none. The call
/// that met it has failed; others go on, but what the library keeps for all of them is not to be relied on. Each has left a
/// thread standing, with what it held.
size_t cdcmtk_invariants_failed(cdcmtk_error *which);

/// Breaks one, as damaged data may: for tests, since no data is known that does it every time. Always false.
bool cdcmtk_break_invariant(cdcmtk_error *error);

// Reading. A file's large values are read when they are asked for, so the file has to stay where it is.

/// NULL and `error` when the bytes from `offset` on are no data set of this encoding.
cdcmtk_dataset *cdcmtk_read_file(const char *path, uint64_t offset, cdcmtk_encoding encoding, cdcmtk_error *error);
cdcmtk_dataset *cdcmtk_read_bytes(const uint8_t *bytes, size_t count, cdcmtk_encoding encoding, cdcmtk_error *error);
void cdcmtk_free(cdcmtk_dataset *dataset);
cdcmtk_item *cdcmtk_root(cdcmtk_dataset *dataset);

/// Raw deflate, or zlib where `may_be_wrapped`, up to `capacity` bytes. `produced` tells how many came out.
bool cdcmtk_inflate(const uint8_t *bytes, size_t count, bool may_be_wrapped, uint8_t *buffer, size_t capacity,
                    size_t *produced, cdcmtk_error *error);

// Attributes.

typedef struct {
    uint16_t group;
    uint16_t element;
    /// Two letters; DCMTK's "xs", "ox", "lt" where the encoding leaves a choice.
    char vr[3];
    uint32_t length;
} cdcmtk_element;

bool cdcmtk_find(cdcmtk_item *item, uint16_t group, uint16_t element, cdcmtk_element *found);
/// The item's elements in order of their tags: writes at most `capacity`, returns how many there are.
size_t cdcmtk_elements(cdcmtk_item *item, cdcmtk_element *elements, size_t capacity);
/// Copies `count` bytes of a value from `offset` on, numbers in little endian.
bool cdcmtk_value(cdcmtk_item *item, uint16_t group, uint16_t element, uint32_t offset, uint8_t *buffer, uint32_t count,
                  cdcmtk_error *error);
/// Items of a sequence in their order: writes at most `capacity`, returns how many there are; 0 when it is absent or no
/// sequence.
size_t cdcmtk_items(cdcmtk_item *item, uint16_t group, uint16_t element, cdcmtk_item **items, size_t capacity);
/// One item, without looking at those behind it.
cdcmtk_item *cdcmtk_item_at(cdcmtk_item *item, uint16_t group, uint16_t element, size_t index);

// Character sets (PS3.3 C.12.1.1.2).

/// `bytes` in `character_set` (the value of Specific Character Set) as UTF-8. `delimiters` reset code extensions. Where
/// the set is empty, bytes above 127 are taken for UTF-8 if they are that, else for ISO_IR 100; so are those of ISO_IR 192
/// without a single character of it. Undecodable bytes become `\xHH`. Writes at most `capacity` bytes; returns how many the text takes.
size_t cdcmtk_text(const uint8_t *bytes, size_t count, const char *character_set, const char *delimiters, char *buffer,
                   size_t capacity, bool *is_complete);
/// Whether a reader of `character_set` can make something of `bytes`: false for bytes above 127 where the set is ASCII, and
/// for what is no UTF-8 under ISO_IR 192.
bool cdcmtk_text_stands(const uint8_t *bytes, size_t count, const char *character_set);
/// Whether the UTF-8 `text` can be said in `character_set`; its bytes there as from cdcmtk_text.
size_t cdcmtk_encode_text(const char *text, size_t count, const char *character_set, uint8_t *buffer, size_t capacity,
                          bool *is_complete);

// Pixels.

typedef struct {
    /// (7FE0,0010), or the float (7FE0,0008) and double (7FE0,0009) elements.
    uint16_t element;
    bool is_encapsulated;
    char vr[3];
    /// Native: bytes.
    uint32_t length;
    /// Encapsulated: items after the basic offset table.
    uint32_t fragments;
} cdcmtk_pixels;

bool cdcmtk_find_pixels(cdcmtk_dataset *dataset, cdcmtk_pixels *pixels);
/// Native bytes, words in little endian.
bool cdcmtk_native_bytes(cdcmtk_dataset *dataset, uint16_t element, uint32_t offset, uint8_t *buffer, uint32_t count,
                         cdcmtk_error *error);
/// Lengths of the pixel sequence's items; the first one is the basic offset table.
bool cdcmtk_fragment_lengths(cdcmtk_dataset *dataset, uint32_t *lengths, size_t count, cdcmtk_error *error);
/// One item's bytes; `index` 0 is the basic offset table.
bool cdcmtk_fragment(cdcmtk_dataset *dataset, size_t index, uint8_t *buffer, uint32_t count, cdcmtk_error *error);

/// What a codec is to make of a frame.
typedef struct {
    /// At most 65535; RLE takes any.
    uint32_t rows;
    uint32_t columns;
    uint16_t samples;
    /// 8 or 16 for JPEG and JPEG-LS, 8 to 64 for RLE.
    uint16_t bits_allocated;
    uint16_t bits_stored;
    bool is_signed;
} cdcmtk_frame_form;

typedef enum {
    CDCMTK_JPEG_BASELINE,
    CDCMTK_JPEG_EXTENDED,
    CDCMTK_JPEG_PROGRESSIVE,
    CDCMTK_JPEG_LOSSLESS,
    CDCMTK_JPEG_LS,
    CDCMTK_RLE,
} cdcmtk_codec;

/// One frame's codestream to colour-by-pixel samples, little endian. `buffer` takes exactly
/// rows * columns * samples * bits_allocated / 8 bytes. No colour conversion; chroma is upsampled.
bool cdcmtk_decode(cdcmtk_codec codec, const uint8_t *bytes, size_t count, const cdcmtk_frame_form *form,
                   uint8_t *buffer, size_t capacity, cdcmtk_error *error);

typedef struct {
    uint32_t rows;
    uint32_t columns;
    uint32_t components;
    uint32_t precision;
    bool is_signed;
} cdcmtk_jpeg2000_form;

/// A JPEG 2000 or HTJ2K codestream (or JP2 file) to colour-by-pixel samples of 32 bits. Fails before any sample is
/// decoded when the image is not `rows` by `columns` with `samples` components.
bool cdcmtk_decode_jpeg2000(const uint8_t *bytes, size_t count, uint16_t rows, uint16_t columns, uint16_t samples,
                            int32_t *buffer, size_t capacity, cdcmtk_jpeg2000_form *form, cdcmtk_error *error);

// Building.

cdcmtk_dataset *cdcmtk_create(void);
/// Replaces the element. Numbers in little endian. VR "SQ" makes an empty sequence.
bool cdcmtk_put(cdcmtk_item *item, uint16_t group, uint16_t element, const char *vr, const uint8_t *bytes, uint32_t count,
                cdcmtk_error *error);
/// A new last item of a sequence, which is made where it is absent.
cdcmtk_item *cdcmtk_append_item(cdcmtk_item *item, uint16_t group, uint16_t element, cdcmtk_error *error);
void cdcmtk_remove(cdcmtk_item *item, uint16_t group, uint16_t element);
/// Copies an element, sequences and all; false and an empty error when the source has none.
bool cdcmtk_copy(cdcmtk_item *source, uint16_t group, uint16_t element, cdcmtk_item *target, cdcmtk_error *error);
/// The VR that PS3.6 gives the attribute, or "UN".
void cdcmtk_dictionary_vr(uint16_t group, uint16_t element, char vr[3]);
/// Whether all text of the item, and of the items below it, stands in `character_set`, or where an item names its own, in
/// that.
bool cdcmtk_texts_stand(cdcmtk_item *item, const char *character_set);
/// Converts all text of the item and of the items below it from `character_set`, or where an item names its own, from
/// that, to ISO_IR 192. Specific Character Set is removed from the items below. Undecodable bytes become `\xHH`.
bool cdcmtk_convert_to_utf8(cdcmtk_item *item, const char *character_set, cdcmtk_error *error);
/// Native pixel data; `vr` OB or OW.
bool cdcmtk_put_native_pixels(cdcmtk_dataset *dataset, const char *vr, const uint8_t *bytes, uint32_t count,
                              cdcmtk_error *error);
/// Starts encapsulated pixel data; frames follow, one fragment each.
bool cdcmtk_begin_fragments(cdcmtk_dataset *dataset, cdcmtk_error *error);
bool cdcmtk_append_fragment(cdcmtk_dataset *dataset, const uint8_t *bytes, uint32_t count, cdcmtk_error *error);

typedef enum {
    CDCMTK_ENCODE_JPEG_LOSSLESS,
    CDCMTK_ENCODE_JPEG_LS_LOSSLESS,
    CDCMTK_ENCODE_RLE,
} cdcmtk_encoder;

/// Compresses native pixel data without loss.
bool cdcmtk_compress(cdcmtk_dataset *dataset, cdcmtk_encoder encoder, cdcmtk_error *error);

/// Takes bytes in order; false stops the writing.
typedef bool (*cdcmtk_sink)(void *context, const uint8_t *bytes, size_t count);
/// The data set's bytes without meta information; sequences of explicit length, no group lengths.
bool cdcmtk_write(cdcmtk_dataset *dataset, cdcmtk_encoding encoding, cdcmtk_sink sink, void *context,
                  cdcmtk_error *error);

#ifdef __cplusplus
}
#endif

#endif
