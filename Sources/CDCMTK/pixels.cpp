#include "dataset.hpp"

#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <cstdio>

namespace {

constexpr uint16_t pixelGroup = 0x7fe0;

DcmElement *find(cdcmtk_dataset *dataset, uint16_t element) {
    DcmElement *found = nullptr;
    // At the root only: an icon's pixel data is not the image's.
    dataset->dataset.findAndGetElement(DcmTagKey(pixelGroup, element), found, OFFalse);
    return found;
}

DcmPixelSequence *findSequence(cdcmtk_dataset *dataset) {
    DcmElement *found = find(dataset, 0x0010);
    if (!found || found->ident() != EVR_PixelData) return nullptr;
    DcmPixelData *pixels = static_cast<DcmPixelData *>(found);
    E_TransferSyntax syntax = EXS_Unknown;
    const DcmRepresentationParameter *parameter = nullptr;
    pixels->getOriginalRepresentationKey(syntax, parameter);
    if (!DcmXfer(syntax).isEncapsulated()) return nullptr;
    DcmPixelSequence *sequence = nullptr;
    if (pixels->getEncapsulatedRepresentation(syntax, parameter, sequence).bad()) return nullptr;
    return sequence;
}

DcmPixelItem *fragment(cdcmtk_dataset *dataset, size_t index) {
    DcmPixelSequence *sequence = findSequence(dataset);
    if (!sequence) return nullptr;
    DcmPixelItem *item = nullptr;
    if (dataset->lastFragment && index == dataset->lastFragmentIndex) {
        item = static_cast<DcmPixelItem *>(dataset->lastFragment);
    } else if (dataset->lastFragment && index == dataset->lastFragmentIndex + 1) {
        item = static_cast<DcmPixelItem *>(sequence->nextInContainer(dataset->lastFragment));
    } else if (sequence->getItem(item, static_cast<unsigned long>(index)).bad()) {
        item = nullptr;
    }
    dataset->lastFragment = item;
    dataset->lastFragmentIndex = index;
    return item;
}

} // namespace

bool cdcmtk_find_pixels(cdcmtk_dataset *dataset, cdcmtk_pixels *pixels) {
    return cdcmtk_guarded(nullptr, [&] {
        *pixels = {};
        if (DcmPixelSequence *sequence = findSequence(dataset)) {
            pixels->element = 0x0010;
            pixels->is_encapsulated = true;
            pixels->fragments = sequence->card() > 0 ? static_cast<uint32_t>(sequence->card() - 1) : 0;
            snprintf(pixels->vr, sizeof pixels->vr, "OB");
            return true;
        }
        for (const uint16_t element : {0x0010, 0x0008, 0x0009}) {
            DcmElement *found = find(dataset, element);
            if (!found || !found->isLeaf()) continue;
            pixels->element = element;
            pixels->length = found->getLengthField();
            const char *name = found->getTag().getVRName();
            snprintf(pixels->vr, sizeof pixels->vr, "%.2s", name ? name : "UN");
            return true;
        }
        return false;
    });
}

bool cdcmtk_native_bytes(cdcmtk_dataset *dataset, uint16_t element, uint32_t offset, uint8_t *buffer, uint32_t count,
                         cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        DcmElement *found = find(dataset, element);
        if (!found) {
            cdcmtk_fail(error, "there is no pixel data");
            return false;
        }
        if (count == 0) return true;
        const OFCondition condition =
            found->getPartialValue(buffer, offset, count, nullptr, EBO_LittleEndian);
        if (condition.bad()) cdcmtk_fail(error, "%s", condition.text());
        return condition.good();
    });
}

bool cdcmtk_fragment_lengths(cdcmtk_dataset *dataset, uint32_t *lengths, size_t count, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        DcmPixelSequence *sequence = findSequence(dataset);
        if (!sequence) {
            cdcmtk_fail(error, "the pixel data is not encapsulated");
            return false;
        }
        DcmObject *object = nullptr;
        for (size_t index = 0; index < count; index++) {
            object = sequence->nextInContainer(object);
            if (!object) {
                cdcmtk_fail(error, "the pixel data has %zu items, not %zu", index, count);
                return false;
            }
            lengths[index] = static_cast<DcmPixelItem *>(object)->getLengthField();
        }
        return true;
    });
}

bool cdcmtk_fragment(cdcmtk_dataset *dataset, size_t index, uint8_t *buffer, uint32_t count, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        DcmPixelItem *item = fragment(dataset, index);
        if (!item || item->getLengthField() < count) {
            cdcmtk_fail(error, "the pixel data has no item %zu of %u bytes", index, count);
            return false;
        }
        if (count == 0) return true;
        const OFCondition condition = item->getPartialValue(buffer, 0, count);
        if (condition.bad()) cdcmtk_fail(error, "%s", condition.text());
        return condition.good();
    });
}
