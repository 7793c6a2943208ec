#include "sr_support.hpp"

#include "dcmtk/dcmdata/dcistrmb.h"
#include "dcmtk/dcmdata/dcostrmb.h"

#include <cstdlib>
#include <cstring>

namespace hilum_sr {

OFCondition readFile(const uint8_t *bytes, size_t length, DcmFileFormat &file) {
    DcmInputBufferStream stream;
    stream.setBuffer(bytes, static_cast<offile_off_t>(length));
    stream.setEos();
    file.transferInit();
    OFCondition status = file.read(stream, EXS_Unknown, EGL_noChange, 1 << 16);
    file.transferEnd();
    if (status.good()) status = file.loadAllDataIntoMemory();
    return status;
}

void trim(DcmDataset &dataset, Padding padding) {
    DcmStack stack;
    while (dataset.nextObject(stack, OFTrue).good()) {
        auto *element = dynamic_cast<DcmByteString *>(stack.top());
        OFString value;
        if (element == nullptr || element->getOFStringArray(value, OFFalse).bad()) continue;
        if (padding == Padding::misplacedZeros && element->ident() == EVR_UI) continue;
        // A space and the zero behind it, or the zero alone.
        const char *padded = padding == Padding::all ? " " : "";
        const size_t end = value.find_last_not_of(padded, OFString_npos, padding == Padding::all ? 2 : 1);
        const size_t kept = end == OFString_npos ? 0 : end + 1;
        if (kept < value.length()) (void)element->putOFStringArray(value.substr(0, kept));
    }
}

namespace {

DSRCodedEntryValue codedEntry(const cdcmtk_sr_code &code) {
    return DSRCodedEntryValue(string(code.value), string(code.scheme), string(code.version), string(code.meaning),
                              DSRTypes::CVT_auto, OFFalse);
}

DSRImageReferenceValue imageReference(const cdcmtk_sr_item &item) {
    DSRImageReferenceValue image(string(item.sop_class), string(item.sop_instance), OFFalse);
    if (item.frame > 0) image.getFrameList().addItem(item.frame);
    return image;
}

DSRSpatialCoordinatesValue polyline(const cdcmtk_sr_item &item) {
    DSRSpatialCoordinatesValue value(DSRTypes::GT_Polyline);
    for (size_t index = 0; index < item.point_count; ++index)
        value.getGraphicDataList().addItem(item.points[2 * index], item.points[2 * index + 1]);
    return value;
}

OFCondition setValue(DSRContentItem &current, const cdcmtk_sr_item &item) {
    switch (item.value_type) {
    case CDCMTK_SR_CONTAINER:
        return item.template_id == nullptr
                   ? EC_Normal
                   : current.setTemplateIdentification(string(item.template_id), "DCMR", "", OFTrue);
    case CDCMTK_SR_CODE:
        return current.setCodeValue(codedEntry(item.code));
    case CDCMTK_SR_NUM:
        return current.setNumericValue(DSRNumericMeasurementValue(string(item.text), codedEntry(item.code)));
    case CDCMTK_SR_SCOORD:
        return current.setSpatialCoordinates(polyline(item));
    case CDCMTK_SR_COMPOSITE:
        return current.setCompositeReference(
            DSRCompositeReferenceValue(string(item.sop_class), string(item.sop_instance), OFFalse));
    case CDCMTK_SR_IMAGE:
        return current.setImageReference(imageReference(item), OFFalse);
    default:
        return current.setStringValue(string(item.text));
    }
}

/// Moves the tree's cursor to the parent of an item of depth `depth`, and adds the item there.
OFCondition add(DSRDocumentTree &tree, const cdcmtk_sr_item &item, int &depth) {
    for (; depth >= item.depth; --depth)
        if (tree.goUp() == 0 && depth > 0) return SR_EC_InvalidDocumentTree;
    const size_t node = tree.addContentItem(relationships[item.relationship], valueTypes[item.value_type],
                                            item.depth == 0 ? DSRTypes::AM_afterCurrent : DSRTypes::AM_belowCurrent);
    if (node == 0) return SR_EC_CannotAddContentItem;
    depth = item.depth;
    DSRContentItem &current = tree.getCurrentContentItem();
    OFCondition status = EC_Normal;
    if (item.name.value != nullptr) status = current.setConceptName(codedEntry(item.name));
    return status.good() ? setValue(current, item) : status;
}

bool isKnown(const cdcmtk_sr_item &item, int depth) {
    return item.relationship >= 0 && item.relationship <= CDCMTK_SR_SELECTED_FROM && item.value_type >= 0 &&
           item.value_type < CDCMTK_SR_OTHER && item.depth >= 0 && item.depth <= depth + 1;
}

bool fail(const char *what, size_t index, const OFCondition &status, cdcmtk_error *error) {
    cdcmtk_fail(error, "%s (content item %zu): %s", what, index, status.text());
    return false;
}

/// Serialises without touching the meta information, so that the file keeps its own implementation UID.
OFCondition serialise(DcmFileFormat &file, uint8_t **bytes, size_t *length) {
    file.getDataset()->chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
    const size_t room = file.calcElementLength(EXS_LittleEndianExplicit, EET_ExplicitLength) + 4096;
    auto *buffer = static_cast<uint8_t *>(std::malloc(room));
    if (buffer == nullptr) return EC_MemoryExhausted;
    DcmOutputBufferStream stream(buffer, static_cast<offile_off_t>(room));
    file.transferInit();
    OFCondition status = file.write(stream, EXS_LittleEndianExplicit, EET_ExplicitLength, nullptr, EGL_withoutGL,
                                    EPD_withoutPadding, 0, 0, 0, EWM_dontUpdateMeta);
    file.transferEnd();
    if (status.bad()) {
        std::free(buffer);
        return status;
    }
    *bytes = buffer;
    *length = static_cast<size_t>(stream.tell());
    return EC_Normal;
}

bool write(const uint8_t *header, size_t headerLength, int document, const cdcmtk_sr_item *items, size_t count,
           uint8_t **bytes, size_t *length, cdcmtk_error *error) {
    if (document < 0 || document > CDCMTK_SR_KEY_OBJECTS || count == 0)
        return fail("no such document class, or no content", 0, SR_EC_UnsupportedValue, error);
    DcmFileFormat file;
    OFCondition status = readFile(header, headerLength, file);
    if (status.bad()) return fail("the header cannot be read", 0, status, error);
    // What was converted to another character set comes padded with zeros where DCMTK may not correct what it reads.
    trim(*file.getDataset(), Padding::misplacedZeros);
    DSRDocumentTree tree(documentTypes[document]);
    int depth = -1;
    for (size_t index = 0; index < count; ++index) {
        if (!isKnown(items[index], depth))
            return fail("a value type, relationship or depth is impossible", index, SR_EC_InvalidValue, error);
        status = add(tree, items[index], depth);
        if (status.bad()) return fail("the content tree is not allowed", index, status, error);
    }
    status = tree.write(*file.getDataset());
    if (status.bad()) return fail("the content tree cannot be written", 0, status, error);
    status = serialise(file, bytes, length);
    return status.good() || fail("the document cannot be encoded", 0, status, error);
}

}  // namespace
}  // namespace hilum_sr

bool cdcmtk_sr_write(const uint8_t *header, size_t header_length, int document, const cdcmtk_sr_item *items, size_t count,
                     uint8_t **bytes, size_t *length, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        return hilum_sr::write(header, header_length, document, items, count, bytes, length, error);
    });
}

void cdcmtk_sr_free(uint8_t *bytes) { std::free(bytes); }
