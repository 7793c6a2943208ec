#include "dataset.hpp"

#include <dcmtk/dcmdata/dcostrmb.h>

#include <cstdio>
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
        const DcmTag tag = cdcmtk_typed_tag(group, element, vr);
        DcmElement *made = nullptr;
        if (!cdcmtk_succeeded(DcmItem::newDicomElementWithVR(made, tag), error)) return false;
        std::unique_ptr<DcmElement> owner(made);
        if (made->ident() != EVR_SQ && count > 0) {
            // DCMTK reads numbers through typed pointers, which bytes from outside need not be aligned for.
            std::unique_ptr<uint64_t[]> aligned(new uint64_t[count / 8 + 1]);
            std::memcpy(aligned.get(), bytes, count);
            if (!cdcmtk_succeeded(putBytes(*made, reinterpret_cast<const uint8_t *>(aligned.get()), count), error)) return false;
        }
        if (!cdcmtk_succeeded(object(item)->insert(made, OFTrue), error)) return false;
        owner.release();
        return true;
    });
}

cdcmtk_item *cdcmtk_append_item(cdcmtk_item *item, uint16_t group, uint16_t element, cdcmtk_error *error) {
    DcmItem *made = nullptr;
    cdcmtk_guarded(error, [&] {
        const DcmTag tag = cdcmtk_typed_tag(group, element, "SQ");
        return cdcmtk_succeeded(object(item)->findOrCreateSequenceItem(tag, made, -2), error);
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
        if (!cdcmtk_succeeded(copy->loadAllDataIntoMemory(), error)) return false;
        if (!cdcmtk_succeeded(object(target)->insert(copy.get(), OFTrue), error)) return false;
        copy.release();
        return true;
    });
}

void cdcmtk_dictionary_vr(uint16_t group, uint16_t element, char vr[3]) {
    std::strcpy(vr, "UN");
    cdcmtk_guarded(nullptr, [&] {
        const char *name = DcmTag(group, element).getVRName();
        if (name) snprintf(vr, 3, "%.2s", name);
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
        return goesOn && cdcmtk_succeeded(condition, error);
    });
}
