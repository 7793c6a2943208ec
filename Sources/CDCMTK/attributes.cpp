#include "dataset.hpp"

#include <cstdio>

namespace {

DcmElement *find(cdcmtk_item *item, uint16_t group, uint16_t element) {
    DcmElement *found = nullptr;
    if (object(item)->findAndGetElement(DcmTagKey(group, element), found).bad()) return nullptr;
    return found;
}

DcmSequenceOfItems *findSequence(cdcmtk_item *item, uint16_t group, uint16_t element) {
    DcmElement *found = find(item, group, element);
    if (!found || found->ident() != EVR_SQ) return nullptr;
    return static_cast<DcmSequenceOfItems *>(found);
}

void describe(DcmElement &element, cdcmtk_element *out) {
    out->group = element.getGTag();
    out->element = element.getETag();
    const char *name = DcmVR(element.getVR()).getVRName();
    snprintf(out->vr, sizeof out->vr, "%.2s", name ? name : "UN");
    // A sequence's or pixel sequence's length would need its whole encoding.
    const bool isLeaf = element.isLeaf() && element.ident() != EVR_PixelData;
    out->length = isLeaf ? element.getLengthField() : 0;
}

} // namespace

bool cdcmtk_find(cdcmtk_item *item, uint16_t group, uint16_t element, cdcmtk_element *found) {
    return cdcmtk_guarded(nullptr, [&] {
        DcmElement *value = find(item, group, element);
        if (!value) return false;
        describe(*value, found);
        return true;
    });
}

size_t cdcmtk_elements(cdcmtk_item *item, cdcmtk_element *elements, size_t capacity) {
    size_t count = 0;
    cdcmtk_guarded(nullptr, [&] {
        DcmObject *member = nullptr;
        while ((member = object(item)->nextInContainer(member)) != nullptr) {
            if (count < capacity) describe(*static_cast<DcmElement *>(member), &elements[count]);
            count++;
        }
        return true;
    });
    return count;
}

bool cdcmtk_value(cdcmtk_item *item, uint16_t group, uint16_t element, uint32_t offset, uint8_t *buffer, uint32_t count,
                  cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        DcmElement *value = find(item, group, element);
        if (!value || !value->isLeaf()) {
            cdcmtk_fail(error, "there is no such value");
            return false;
        }
        if (count == 0) return true;
        const OFCondition condition =
            value->getPartialValue(buffer, offset, count, nullptr, EBO_LittleEndian);
        if (condition.bad()) cdcmtk_fail(error, "%s", condition.text());
        return condition.good();
    });
}

size_t cdcmtk_items(cdcmtk_item *item, uint16_t group, uint16_t element, cdcmtk_item **items, size_t capacity) {
    size_t count = 0;
    cdcmtk_guarded(nullptr, [&] {
        DcmSequenceOfItems *sequence = findSequence(item, group, element);
        if (!sequence) return true;
        // DCMTK seeks an item by its number from the first one on, so that would take quadratic time.
        DcmObject *member = nullptr;
        while ((member = sequence->nextInContainer(member)) != nullptr) {
            if (count < capacity) items[count] = handle(static_cast<DcmItem *>(member));
            count++;
        }
        return true;
    });
    return count;
}

cdcmtk_item *cdcmtk_item_at(cdcmtk_item *item, uint16_t group, uint16_t element, size_t index) {
    DcmItem *found = nullptr;
    cdcmtk_guarded(nullptr, [&] {
        DcmSequenceOfItems *sequence = findSequence(item, group, element);
        if (sequence && index < sequence->card()) found = sequence->getItem(static_cast<unsigned long>(index));
        return found != nullptr;
    });
    return found ? handle(found) : nullptr;
}
