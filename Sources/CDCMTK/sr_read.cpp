#include "sr_support.hpp"

#include <memory>
#include <string>
#include <vector>

/// A document and its cursor, with the texts of the current item, to which `cdcmtk_sr_item` points.
struct cdcmtk_sr_reader {
    DSRDocument document;
    bool started = false;
    std::vector<std::unique_ptr<std::string>> texts;
    std::vector<float> points;

    const char *keep(const OFString &text) {
        texts.push_back(std::make_unique<std::string>(text.c_str(), text.length()));
        return texts.back()->c_str();
    }
};

namespace hilum_sr {
namespace {

cdcmtk_sr_code code(cdcmtk_sr_reader &reader, const DSRCodedEntryValue &value) {
    if (value.getCodeValue().empty()) return cdcmtk_sr_code{nullptr, nullptr, nullptr, nullptr};
    const bool versioned = !value.getCodingSchemeVersion().empty();
    return cdcmtk_sr_code{reader.keep(value.getCodeValue()), reader.keep(value.getCodingSchemeDesignator()),
                          versioned ? reader.keep(value.getCodingSchemeVersion()) : nullptr,
                          reader.keep(value.getCodeMeaning())};
}

void takeImage(cdcmtk_sr_reader &reader, const DSRImageReferenceValue &image, cdcmtk_sr_item &item) {
    item.sop_class = reader.keep(image.getSOPClassUID());
    item.sop_instance = reader.keep(image.getSOPInstanceUID());
    Sint32 frame = 0;
    if (image.getFrameList().getItem(1, frame).good()) item.frame = frame;
}

// By value: DCMTK gives the list of a constant to nobody.
void takeCoordinates(cdcmtk_sr_reader &reader, DSRSpatialCoordinatesValue value, cdcmtk_sr_item &item) {
    const size_t count = value.getGraphicDataList().getNumberOfItems();
    for (size_t index = 1; index <= count; ++index) {
        Float32 column = 0, row = 0;
        if (value.getGraphicDataList().getItem(index, column, row).bad()) break;
        reader.points.push_back(column);
        reader.points.push_back(row);
    }
    item.points = reader.points.data();
    item.point_count = reader.points.size() / 2;
}

void takeTemplate(cdcmtk_sr_reader &reader, const DSRContentItem &content, cdcmtk_sr_item &item) {
    OFString identifier, resource;
    if (content.getTemplateIdentification(identifier, resource).good() && !identifier.empty())
        item.template_id = reader.keep(identifier);
}

void takeValue(cdcmtk_sr_reader &reader, const DSRContentItem &content, cdcmtk_sr_item &item) {
    switch (item.value_type) {
    case CDCMTK_SR_CONTAINER:
        return takeTemplate(reader, content, item);
    case CDCMTK_SR_CODE:
        item.code = code(reader, content.getCodeValue());
        return;
    case CDCMTK_SR_NUM:
        item.text = reader.keep(content.getNumericValue().getNumericValue());
        item.code = code(reader, content.getNumericValue().getMeasurementUnit());
        return;
    case CDCMTK_SR_SCOORD:
        return takeCoordinates(reader, content.getSpatialCoordinates(), item);
    case CDCMTK_SR_COMPOSITE:
        item.sop_class = reader.keep(content.getCompositeReference().getSOPClassUID());
        item.sop_instance = reader.keep(content.getCompositeReference().getSOPInstanceUID());
        return;
    case CDCMTK_SR_IMAGE:
        return takeImage(reader, content.getImageReference(), item);
    case CDCMTK_SR_OTHER:
        return;
    default:
        item.text = reader.keep(content.getStringValue());
    }
}

cdcmtk_sr_reader *open(const uint8_t *bytes, size_t length, bool lenient, int *document, cdcmtk_error *error) {
    DcmFileFormat file;
    OFCondition status = readFile(bytes, length, file);
    if (status.good()) {
        // DCMTK takes padding off on reading only where it may correct what it reads, which is switched off here;
        // and its SR reader holds a padded value for an invalid one.
        trim(*file.getDataset(), Padding::all);
        // A name in a character set that iconv does not know is no reason to refuse the report.
        (void)file.getDataset()->convertToUTF8();
        auto reader = std::make_unique<cdcmtk_sr_reader>();
        status = reader->document.read(*file.getDataset(), lenient ? DSRTypes::RF_acceptInvalidContentItemValue : 0);
        if (status.good()) {
            *document = position(documentTypes, reader->document.getDocumentType(), -1);
            if (*document >= 0) return reader.release();
            status = SR_EC_UnsupportedValue;
        }
    }
    cdcmtk_fail(error, "%s", status.text());
    return nullptr;
}

bool next(cdcmtk_sr_reader &reader, cdcmtk_sr_item &item) {
    DSRDocumentTree &tree = reader.document.getTree();
    const size_t node = reader.started ? tree.iterate() : tree.gotoRoot();
    reader.started = true;
    if (node == 0) return false;
    reader.texts.clear();
    reader.points.clear();
    item = cdcmtk_sr_item{};
    const DSRContentItem &content = tree.getCurrentContentItem();
    item.depth = static_cast<int>(tree.getLevel()) - 1;
    item.relationship = position(relationships, content.getRelationshipType(), CDCMTK_SR_ROOT);
    item.value_type = position(valueTypes, content.getValueType(), CDCMTK_SR_OTHER);
    item.name = code(reader, content.getConceptName());
    takeValue(reader, content, item);
    return true;
}

}  // namespace
}  // namespace hilum_sr

cdcmtk_sr_reader *cdcmtk_sr_open(const uint8_t *bytes, size_t length, bool lenient, int *document, cdcmtk_error *error) {
    cdcmtk_sr_reader *result = nullptr;
    cdcmtk_guarded(error, [&] {
        result = hilum_sr::open(bytes, length, lenient, document, error);
        return result != nullptr;
    });
    return result;
}

bool cdcmtk_sr_next(cdcmtk_sr_reader *reader, cdcmtk_sr_item *item, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] { return hilum_sr::next(*reader, *item); });
}

void cdcmtk_sr_close(cdcmtk_sr_reader *reader) {
    cdcmtk_guarded(nullptr, [&] {
        delete reader;
        return true;
    });
}
