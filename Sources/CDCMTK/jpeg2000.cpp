#include "dataset.hpp"

// Debian keeps the header in a folder of its version, for which pkg-config would have to be asked.
#if __has_include(<openjpeg.h>)
#include <openjpeg.h>
#elif __has_include(<openjpeg-2.5/openjpeg.h>)
#include <openjpeg-2.5/openjpeg.h>
#else
#error "OpenJPEG 2.5 or later is wanted (libopenjp2-7-dev)"
#endif

#include <cstring>
#include <memory>

namespace {

struct Source {
    const uint8_t *bytes;
    size_t count;
    size_t position;
};

OPJ_SIZE_T readSource(void *buffer, OPJ_SIZE_T wanted, void *context) {
    auto *source = static_cast<Source *>(context);
    const size_t rest = source->count - source->position;
    if (rest == 0) return static_cast<OPJ_SIZE_T>(-1);
    const size_t step = wanted < rest ? wanted : rest;
    std::memcpy(buffer, source->bytes + source->position, step);
    source->position += step;
    return step;
}

OPJ_OFF_T skipSource(OPJ_OFF_T wanted, void *context) {
    auto *source = static_cast<Source *>(context);
    if (wanted < 0) return -1;
    const size_t rest = source->count - source->position;
    const size_t step = static_cast<size_t>(wanted) < rest ? static_cast<size_t>(wanted) : rest;
    source->position += step;
    return static_cast<OPJ_OFF_T>(step);
}

OPJ_BOOL seekSource(OPJ_OFF_T position, void *context) {
    auto *source = static_cast<Source *>(context);
    if (position < 0 || static_cast<size_t>(position) > source->count) return OPJ_FALSE;
    source->position = static_cast<size_t>(position);
    return OPJ_TRUE;
}

/// Keeps OpenJPEG's first complaint, without its line end.
void keepMessage(const char *message, void *context) {
    auto *error = static_cast<cdcmtk_error *>(context);
    if (!error || error->text[0]) return;
    cdcmtk_fail(error, "%s", message);
    error->text[std::strcspn(error->text, "\r\n")] = 0;
}

void ignoreMessage(const char *, void *) {}

struct CodecDeleter { void operator()(opj_codec_t *codec) const { opj_destroy_codec(codec); } };
struct StreamDeleter { void operator()(opj_stream_t *stream) const { opj_stream_destroy(stream); } };
struct ImageDeleter { void operator()(opj_image_t *image) const { opj_image_destroy(image); } };
using Codec = std::unique_ptr<opj_codec_t, CodecDeleter>;
using Stream = std::unique_ptr<opj_stream_t, StreamDeleter>;
using Image = std::unique_ptr<opj_image_t, ImageDeleter>;

Stream makeStream(Source &source) {
    Stream stream(opj_stream_default_create(OPJ_TRUE));
    if (!stream) throw std::bad_alloc();
    opj_stream_set_read_function(stream.get(), readSource);
    opj_stream_set_skip_function(stream.get(), skipSource);
    opj_stream_set_seek_function(stream.get(), seekSource);
    opj_stream_set_user_data(stream.get(), &source, nullptr);
    opj_stream_set_user_data_length(stream.get(), source.count);
    return stream;
}

Codec makeCodec(const Source &source, cdcmtk_error *error) {
    static const uint8_t jp2[12] = {0, 0, 0, 12, 'j', 'P', ' ', ' ', 13, 10, 0x87, 10};
    const bool isJP2 = source.count >= sizeof jp2 && std::memcmp(source.bytes, jp2, sizeof jp2) == 0;
    Codec codec(opj_create_decompress(isJP2 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K));
    if (!codec) throw std::bad_alloc();
    opj_set_error_handler(codec.get(), keepMessage, error);
    opj_set_warning_handler(codec.get(), ignoreMessage, nullptr);
    opj_set_info_handler(codec.get(), ignoreMessage, nullptr);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    // A JP2 wrapper's palette would turn the stored indices into colours.
    parameters.flags |= OPJ_DPARAMETERS_IGNORE_PCLR_CMAP_CDEF_FLAG;
    if (!opj_setup_decoder(codec.get(), &parameters)) throw std::bad_alloc();
    return codec;
}

bool isAsExpected(const opj_image_t &image, uint16_t rows, uint16_t columns, uint16_t samples, cdcmtk_error *error) {
    const uint32_t width = image.x1 - image.x0, height = image.y1 - image.y0;
    if (width != columns || height != rows || image.numcomps != samples) {
        cdcmtk_fail(error, "the codestream holds %u x %u pixels of %u components", width, height, image.numcomps);
        return false;
    }
    for (uint32_t component = 0; component < image.numcomps; component++) {
        const opj_image_comp_t &part = image.comps[component];
        if (part.dx == 0 || part.dy == 0 || part.prec == 0 || part.prec > 32) {
            cdcmtk_fail(error, "component %u of the codestream is malformed", component + 1);
            return false;
        }
    }
    return true;
}

/// Subsampled components are repeated to full size.
bool interleave(const opj_image_t &image, uint16_t rows, uint16_t columns, int32_t *buffer, cdcmtk_error *error) {
    const size_t samples = image.numcomps;
    for (size_t component = 0; component < samples; component++) {
        const opj_image_comp_t &part = image.comps[component];
        if (!part.data || part.w == 0 || part.h == 0) {
            cdcmtk_fail(error, "component %zu of the codestream has no samples", component + 1);
            return false;
        }
        for (size_t row = 0; row < rows; row++) {
            const size_t sourceRow = row / part.dy < part.h ? row / part.dy : part.h - 1;
            const OPJ_INT32 *line = part.data + sourceRow * part.w;
            int32_t *target = buffer + row * columns * samples + component;
            for (size_t column = 0; column < columns; column++) {
                const size_t sourceColumn = column / part.dx < part.w ? column / part.dx : part.w - 1;
                target[column * samples] = line[sourceColumn];
            }
        }
    }
    return true;
}

} // namespace

bool cdcmtk_decode_jpeg2000(const uint8_t *bytes, size_t count, uint16_t rows, uint16_t columns, uint16_t samples,
                            int32_t *buffer, size_t capacity, cdcmtk_jpeg2000_form *form, cdcmtk_error *error) {
    return cdcmtk_guarded_codec(error, [&] {
        if (capacity < size_t(rows) * columns * samples) {
            cdcmtk_fail(error, "the frame does not fit its buffer");
            return false;
        }
        Source source{bytes, count, 0};
        Codec codec = makeCodec(source, error);
        Stream stream = makeStream(source);
        opj_image_t *header = nullptr;
        if (!opj_read_header(stream.get(), codec.get(), &header)) {
            if (!error->text[0]) cdcmtk_fail(error, "the codestream has no JPEG 2000 header");
            return false;
        }
        Image image(header);
        if (!isAsExpected(*image, rows, columns, samples, error)) return false;
        if (!opj_decode(codec.get(), stream.get(), image.get())) {
            if (!error->text[0]) cdcmtk_fail(error, "the JPEG 2000 codestream is damaged");
            return false;
        }
        // A codestream may lack its end marker and be whole all the same.
        opj_end_decompress(codec.get(), stream.get());
        error->text[0] = 0;
        *form = {rows, columns, image->numcomps, image->comps[0].prec, image->comps[0].sgnd != 0};
        return interleave(*image, rows, columns, buffer, error);
    });
}
