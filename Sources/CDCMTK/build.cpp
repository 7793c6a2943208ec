#include "dataset.hpp"

#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djrparam.h>

#include <cstring>
#include <memory>

cdcmtk_dataset *cdcmtk_create(void) {
    cdcmtk_dataset *result = nullptr;
    cdcmtk_guarded(nullptr, [&] {
        result = new cdcmtk_dataset;
        return true;
    });
    return result;
}

namespace {

bool succeeded(const OFCondition &condition, cdcmtk_error *error) {
    if (condition.bad()) cdcmtk_fail(error, "%s", condition.text());
    return condition.good();
}

DcmTag typedTag(uint16_t group, uint16_t element, const char *vr) {
    DcmTag tag(group, element);
    tag.setVR(DcmVR(vr));
    return tag;
}

/// Puts little-endian bytes into an element of any VR.
OFCondition putBytes(DcmElement &element, const uint8_t *bytes, uint32_t count) {
    switch (element.ident()) {
    case EVR_US: case EVR_xs: return element.putUint16Array(reinterpret_cast<const Uint16 *>(bytes), count / 2);
    case EVR_SS: return element.putSint16Array(reinterpret_cast<const Sint16 *>(bytes), count / 2);
    case EVR_UL: case EVR_up: return element.putUint32Array(reinterpret_cast<const Uint32 *>(bytes), count / 4);
    case EVR_SL: return element.putSint32Array(reinterpret_cast<const Sint32 *>(bytes), count / 4);
    case EVR_FL: case EVR_OF: return element.putFloat32Array(reinterpret_cast<const Float32 *>(bytes), count / 4);
    case EVR_FD: case EVR_OD: return element.putFloat64Array(reinterpret_cast<const Float64 *>(bytes), count / 8);
    case EVR_OL: return element.putUint32Array(reinterpret_cast<const Uint32 *>(bytes), count / 4);
    case EVR_AT: return element.putUint16Array(reinterpret_cast<const Uint16 *>(bytes), count / 4);
    case EVR_OW: case EVR_lt: return element.putUint16Array(reinterpret_cast<const Uint16 *>(bytes), count / 2);
    case EVR_OB: case EVR_UN: case EVR_ox: return element.putUint8Array(bytes, count);
    default: return element.putString(reinterpret_cast<const char *>(bytes), count);
    }
}

} // namespace

bool cdcmtk_put(cdcmtk_item *item, uint16_t group, uint16_t element, const char *vr, const uint8_t *bytes, uint32_t count,
                cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        const DcmTag tag = typedTag(group, element, vr);
        DcmElement *made = nullptr;
        if (!succeeded(DcmItem::newDicomElementWithVR(made, tag), error)) return false;
        std::unique_ptr<DcmElement> owner(made);
        if (made->ident() != EVR_SQ && count > 0) {
            // DCMTK reads numbers through typed pointers, which bytes from outside need not be aligned for.
            std::unique_ptr<uint64_t[]> aligned(new uint64_t[count / 8 + 1]);
            std::memcpy(aligned.get(), bytes, count);
            if (!succeeded(putBytes(*made, reinterpret_cast<const uint8_t *>(aligned.get()), count), error)) return false;
        }
        if (!succeeded(object(item)->insert(made, OFTrue), error)) return false;
        owner.release();
        return true;
    });
}

cdcmtk_item *cdcmtk_append_item(cdcmtk_item *item, uint16_t group, uint16_t element, cdcmtk_error *error) {
    DcmItem *made = nullptr;
    cdcmtk_guarded(error, [&] {
        const DcmTag tag = typedTag(group, element, "SQ");
        return succeeded(object(item)->findOrCreateSequenceItem(tag, made, -2), error);
    });
    return made ? handle(made) : nullptr;
}

void cdcmtk_remove(cdcmtk_item *item, uint16_t group, uint16_t element) {
    cdcmtk_guarded(nullptr, [&] {
        return object(item)->findAndDeleteElement(DcmTagKey(group, element)).good();
    });
}

bool cdcmtk_copy(cdcmtk_item *source, uint16_t group, uint16_t element, cdcmtk_item *target, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        DcmElement *found = nullptr;
        if (object(source)->findAndGetElement(DcmTagKey(group, element), found).bad()) return false;
        std::unique_ptr<DcmElement> copy(static_cast<DcmElement *>(found->clone()));
        // The copy outlives the file that its value may still lie in.
        if (!succeeded(copy->loadAllDataIntoMemory(), error)) return false;
        if (!succeeded(object(target)->insert(copy.get(), OFTrue), error)) return false;
        copy.release();
        return true;
    });
}

bool cdcmtk_convert_to_utf8(cdcmtk_item *item, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] { return succeeded(object(item)->convertToUTF8(), error); });
}

bool cdcmtk_put_native_pixels(cdcmtk_dataset *dataset, const char *vr, const uint8_t *bytes, uint32_t count,
                              cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        auto pixels = std::make_unique<DcmPixelData>(typedTag(0x7fe0, 0x0010, vr));
        OFCondition condition;
        if (pixels->getVR() == EVR_OW) {
            Uint16 *words = nullptr;
            condition = pixels->createUint16Array((count + 1) / 2, words);
            if (condition.good() && count > 0) {
                words[(count - 1) / 2] = 0;
                std::memcpy(words, bytes, count);
            }
        } else {
            condition = pixels->putUint8Array(bytes, count);
        }
        if (!succeeded(condition, error)) return false;
        if (!succeeded(dataset->dataset.insert(pixels.get(), OFTrue), error)) return false;
        pixels.release();
        dataset->encapsulation = EXS_Unknown;
        return true;
    });
}

bool cdcmtk_begin_fragments(cdcmtk_dataset *dataset, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData));
        auto table = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item));
        if (!succeeded(sequence->insert(table.get()), error)) return false;
        table.release();
        auto pixels = std::make_unique<DcmPixelData>(typedTag(0x7fe0, 0x0010, "OB"));
        dataset->encapsulation = EXS_JPEG2000;
        pixels->putOriginalRepresentation(dataset->encapsulation, nullptr, sequence.release());
        if (!succeeded(dataset->dataset.insert(pixels.get(), OFTrue), error)) return false;
        pixels.release();
        return true;
    });
}

bool cdcmtk_append_fragment(cdcmtk_dataset *dataset, const uint8_t *bytes, uint32_t count, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        DcmElement *element = nullptr;
        DcmPixelSequence *sequence = nullptr;
        if (dataset->dataset.findAndGetElement(DCM_PixelData, element).bad()
            || static_cast<DcmPixelData *>(element)
                   ->getEncapsulatedRepresentation(dataset->encapsulation, nullptr, sequence)
                   .bad()) {
            cdcmtk_fail(error, "there is no encapsulated pixel data to append to");
            return false;
        }
        auto item = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item));
        if (!succeeded(item->putUint8Array(bytes, count), error)) return false;
        if (!succeeded(sequence->insert(item.get()), error)) return false;
        item.release();
        return true;
    });
}

bool cdcmtk_compress(cdcmtk_dataset *dataset, cdcmtk_encoder encoder, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        E_TransferSyntax syntax = EXS_RLELossless;
        std::unique_ptr<DcmRepresentationParameter> parameter;
        switch (encoder) {
        case CDCMTK_ENCODE_JPEG_LOSSLESS:
            syntax = EXS_JPEGProcess14SV1;
            parameter = std::make_unique<DJ_RPLossless>();
            break;
        case CDCMTK_ENCODE_JPEG_LS_LOSSLESS:
            syntax = EXS_JPEGLSLossless;
            parameter = std::make_unique<DJLSRepresentationParameter>(0, OFTrue);
            break;
        case CDCMTK_ENCODE_RLE:
            parameter = std::make_unique<DcmRLERepresentationParameter>();
            break;
        }
        if (!succeeded(dataset->dataset.chooseRepresentation(syntax, parameter.get()), error)) return false;
        dataset->dataset.removeAllButCurrentRepresentations();
        dataset->encapsulation = syntax;
        return true;
    });
}

namespace {

E_TransferSyntax outputSyntax(const cdcmtk_dataset &dataset, cdcmtk_encoding encoding) {
    switch (encoding) {
    case CDCMTK_IMPLICIT_LITTLE_ENDIAN: return EXS_LittleEndianImplicit;
    case CDCMTK_EXPLICIT_LITTLE_ENDIAN: return EXS_LittleEndianExplicit;
    case CDCMTK_EXPLICIT_BIG_ENDIAN: return EXS_BigEndianExplicit;
    case CDCMTK_ENCAPSULATED: return dataset.encapsulation;
    }
    return EXS_Unknown;
}

} // namespace

bool cdcmtk_write(cdcmtk_dataset *dataset, cdcmtk_encoding encoding, cdcmtk_sink sink, void *context,
                  cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        constexpr size_t size = 1 << 18;
        std::unique_ptr<uint8_t[]> buffer(new uint8_t[size]);
        DcmOutputBufferStream stream(buffer.get(), size);
        DcmDataset &data = dataset->dataset;
        data.transferInit();
        OFCondition condition = EC_StreamNotifyClient;
        bool goesOn = true;
        while (goesOn && condition == EC_StreamNotifyClient) {
            condition = data.write(stream, outputSyntax(*dataset, encoding), EET_ExplicitLength, nullptr,
                                   EGL_withoutGL);
            void *filled = nullptr;
            offile_off_t count = 0;
            stream.flushBuffer(filled, count);
            if (count > 0) goesOn = sink(context, static_cast<uint8_t *>(filled), static_cast<size_t>(count));
        }
        data.transferEnd();
        if (!goesOn) cdcmtk_fail(error, "the writing was stopped");
        return goesOn && succeeded(condition, error);
    });
}
