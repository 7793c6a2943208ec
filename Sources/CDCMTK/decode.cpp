#include "dataset.hpp"

#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrledec.h>

#include <cstring>
#include <memory>

namespace {

E_TransferSyntax syntax(cdcmtk_codec codec) {
    switch (codec) {
    case CDCMTK_JPEG_BASELINE: return EXS_JPEGProcess1;
    case CDCMTK_JPEG_EXTENDED: return EXS_JPEGProcess2_4;
    case CDCMTK_JPEG_PROGRESSIVE: return EXS_JPEGProcess10_12;
    case CDCMTK_JPEG_LOSSLESS: return EXS_JPEGProcess14;
    case CDCMTK_JPEG_LS: return EXS_JPEGLSLossy;
    case CDCMTK_RLE: return EXS_RLELossless;
    }
    return EXS_Unknown;
}

/// The image pixel module that the codec is to believe, whatever the object's own says.
void describe(DcmDataset &dataset, const cdcmtk_frame_form &form) {
    dataset.putAndInsertUint16(DCM_SamplesPerPixel, form.samples);
    // With EDC_never the photometric interpretation changes no sample.
    dataset.putAndInsertString(DCM_PhotometricInterpretation, form.samples == 1 ? "MONOCHROME2" : "RGB");
    if (form.samples > 1) dataset.putAndInsertUint16(DCM_PlanarConfiguration, 0);
    dataset.putAndInsertString(DCM_NumberOfFrames, "1");
    dataset.putAndInsertUint16(DCM_Rows, static_cast<Uint16>(form.rows));
    dataset.putAndInsertUint16(DCM_Columns, static_cast<Uint16>(form.columns));
    dataset.putAndInsertUint16(DCM_BitsAllocated, form.bits_allocated);
    dataset.putAndInsertUint16(DCM_BitsStored, form.bits_stored);
    dataset.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(form.bits_stored - 1));
    dataset.putAndInsertUint16(DCM_PixelRepresentation, form.is_signed ? 1 : 0);
}

/// A data set of one frame in one fragment.
void encapsulate(DcmDataset &dataset, E_TransferSyntax syntax, const uint8_t *bytes, size_t count) {
    auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData));
    auto table = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item));
    sequence->insert(table.release());
    auto item = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item));
    item->putUint8Array(bytes, static_cast<unsigned long>(count));
    sequence->insert(item.release());
    auto pixels = std::make_unique<DcmPixelData>(DCM_PixelData);
    pixels->putOriginalRepresentation(syntax, nullptr, sequence.release());
    dataset.insert(pixels.release(), OFTrue);
}

/// Whether marker segments lead from the start of a JPEG or JPEG-LS codestream to its frame header (ITU-T T.81 B.2.1). DCMTK
/// looks for it too, and never ends at a TEM marker, which has no length (libFuzzer found it).
bool leadsToFrameHeader(const uint8_t *bytes, size_t count) {
    if (count < 2 || bytes[0] != 0xFF || bytes[1] != 0xD8) return false;
    size_t at = 2;
    while (at + 4 <= count && bytes[at] == 0xFF) {
        const uint8_t marker = bytes[at + 1];
        if (marker == 0xFF) {  // a fill byte
            at++;
            continue;
        }
        const bool isFrame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (isFrame || marker == 0xF7) return true;
        // What stands alone, and what ends the headers, does not belong before it.
        if (marker < 0xC0 || (marker >= 0xD0 && marker <= 0xDA)) return false;
        const size_t length = size_t(bytes[at + 2]) << 8 | bytes[at + 3];
        if (length < 2) return false;
        at += 2 + length;
    }
    return false;
}

bool decodeByCodec(cdcmtk_codec codec, const uint8_t *bytes, size_t count, const cdcmtk_frame_form &form,
                   uint8_t *buffer, size_t capacity, cdcmtk_error *error) {
    DcmDataset dataset;
    describe(dataset, form);
    encapsulate(dataset, syntax(codec), bytes, count);
    DcmElement *element = nullptr;
    dataset.findAndGetElement(DCM_PixelData, element);
    Uint32 fragment = 0;
    OFString colour;
    // DCMTK wants an even buffer; one byte more covers frames of odd size.
    const size_t padded = capacity + (capacity & 1);
    auto frame = std::make_unique<uint8_t[]>(padded);
    const OFCondition condition = static_cast<DcmPixelData *>(element)->getUncompressedFrame(
        &dataset, 0, fragment, frame.get(), static_cast<Uint32>(padded), colour);
    if (condition.bad()) {
        cdcmtk_fail(error, "%s", condition.text());
        return false;
    }
    std::memcpy(buffer, frame.get(), capacity);
    return true;
}

uint32_t littleEndian(const uint8_t *bytes) {
    return uint32_t(bytes[0]) | uint32_t(bytes[1]) << 8 | uint32_t(bytes[2]) << 16 | uint32_t(bytes[3]) << 24;
}

/// PS3.5 annex G: a header of 16 numbers, then a segment for each byte of each sample, most significant first. DCMTK's
/// codec takes no more than 16 bits and no bit-packed frames, so only its segment decoder is used.
bool decodeRLE(const uint8_t *bytes, size_t count, const cdcmtk_frame_form &form, uint8_t *buffer, size_t capacity,
               cdcmtk_error *error) {
    constexpr size_t headerSize = 64;
    const size_t width = form.bits_allocated / 8, segments = width * form.samples;
    const size_t pixels = size_t(form.rows) * form.columns;
    if (count < headerSize || littleEndian(bytes) != segments || segments == 0 || segments > 15) {
        cdcmtk_fail(error, "the RLE header does not announce %zu segments", segments);
        return false;
    }
    if (capacity != pixels * segments) {
        cdcmtk_fail(error, "the frame does not fit its buffer");
        return false;
    }
    for (size_t segment = 0; segment < segments; segment++) {
        const size_t start = littleEndian(bytes + 4 + 4 * segment);
        const size_t end = segment + 1 < segments ? littleEndian(bytes + 8 + 4 * segment) : count;
        if (start < headerSize || start > end || end > count) {
            cdcmtk_fail(error, "RLE segment %zu lies outside its frame", segment + 1);
            return false;
        }
        // A run may pass the segment's end by up to 128 padding bytes.
        DcmRLEDecoder decoder(pixels + 128);
        // Its verdict does not count: padding after the last run looks like the beginning of another.
        decoder.decompress(const_cast<uint8_t *>(bytes + start), end - start);
        if (decoder.size() < pixels) {
            cdcmtk_fail(error, "RLE segment %zu holds %zu of %zu bytes", segment + 1, decoder.size(), pixels);
            return false;
        }
        const uint8_t *plane = static_cast<const uint8_t *>(decoder.getOutputBuffer());
        const size_t sample = segment / width, byte = width - 1 - segment % width;
        uint8_t *target = buffer + sample * width + byte;
        for (size_t pixel = 0; pixel < pixels; pixel++) target[pixel * segments] = plane[pixel];
    }
    return true;
}

} // namespace

bool cdcmtk_decode(cdcmtk_codec codec, const uint8_t *bytes, size_t count, const cdcmtk_frame_form *form,
                   uint8_t *buffer, size_t capacity, cdcmtk_error *error) {
    return cdcmtk_guarded_codec(error, [&] {
        if (count > UINT32_MAX - 1 || capacity > UINT32_MAX - 1) {
            cdcmtk_fail(error, "the frame is larger than 4 GB");
            return false;
        }
        if (codec == CDCMTK_RLE) return decodeRLE(bytes, count, *form, buffer, capacity, error);
        if (!leadsToFrameHeader(bytes, count)) {
            cdcmtk_fail(error, "the codestream has no frame header");
            return false;
        }
        return decodeByCodec(codec, bytes, count, *form, buffer, capacity, error);
    });
}
