// The bridge to DCMTK and OpenJPEG on bytes from outside. The first byte chooses what is done with the rest: a data set of
// one of four encodings is read through, or a codestream of one of seven kinds is decoded.
#include <cstdlib>
#include <vector>

#include "cdcmtk.h"

namespace {

/// Of a value or fragment, so that a length that lies shows as an error and not as time.
constexpr uint32_t most = 1 << 20;

void walk(cdcmtk_item *item, int depth) {
    if (!item || depth > 16) return;
    cdcmtk_error error;
    std::vector<cdcmtk_element> elements(256);
    elements.resize(std::min(elements.size(), cdcmtk_elements(item, elements.data(), elements.size())));
    for (const auto &element : elements) {
        std::vector<uint8_t> value(std::min(element.length, most));
        cdcmtk_value(item, element.group, element.element, 0, value.data(), uint32_t(value.size()), &error);
        char text[512];
        bool complete;
        cdcmtk_text(value.data(), std::min<size_t>(value.size(), 256), "ISO 2022 IR 87\\ISO_IR 100", "\\^=", text, sizeof text,
                    &complete);
        std::vector<cdcmtk_item *> items(16);
        items.resize(std::min(items.size(), cdcmtk_items(item, element.group, element.element, items.data(), items.size())));
        for (auto *inner : items) walk(inner, depth + 1);
    }
    cdcmtk_texts_stand(item, "ISO_IR 192");
}

void pixels(cdcmtk_dataset *dataset) {
    cdcmtk_pixels found;
    if (!cdcmtk_find_pixels(dataset, &found)) return;
    cdcmtk_error error;
    if (!found.is_encapsulated) {
        std::vector<uint8_t> bytes(std::min(found.length, most));
        cdcmtk_native_bytes(dataset, found.element, 0, bytes.data(), uint32_t(bytes.size()), &error);
        return;
    }
    std::vector<uint32_t> lengths(std::min<size_t>(size_t(found.fragments) + 1, 1024));
    if (!cdcmtk_fragment_lengths(dataset, lengths.data(), lengths.size(), &error)) return;
    for (size_t index = 0; index < lengths.size(); index++) {
        std::vector<uint8_t> bytes(std::min(lengths[index], most));
        cdcmtk_fragment(dataset, index, bytes.data(), uint32_t(bytes.size()), &error);
    }
}

void read(const uint8_t *bytes, size_t count, cdcmtk_encoding encoding) {
    cdcmtk_error error;
    cdcmtk_dataset *dataset = cdcmtk_read_bytes(bytes, count, encoding, &error);
    if (!dataset) return;
    walk(cdcmtk_root(dataset), 0);
    pixels(dataset);
    cdcmtk_free(dataset);
}

void decode(const uint8_t *bytes, size_t count, int codec) {
    if (count < 4) return;
    cdcmtk_error error;
    const uint32_t rows = 1 + bytes[0] % 64, columns = 1 + bytes[1] % 64;
    const uint16_t samples = bytes[2] & 1 ? 3 : 1;
    if (codec == 6) {
        std::vector<int32_t> out(size_t(rows) * columns * samples);
        cdcmtk_jpeg2000_form form;
        cdcmtk_decode_jpeg2000(bytes + 4, count - 4, uint16_t(rows), uint16_t(columns), samples, out.data(), out.size(), &form,
                               &error);
        return;
    }
    const uint16_t bits = bytes[2] & 2 ? 16 : 8;
    const cdcmtk_frame_form form = {rows, columns, samples, bits, uint16_t(1 + bytes[3] % bits), (bytes[2] & 4) != 0};
    std::vector<uint8_t> out(size_t(rows) * columns * samples * bits / 8);
    cdcmtk_decode(cdcmtk_codec(codec), bytes + 4, count - 4, &form, out.data(), out.size(), &error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count) {
    if (count < 1) return 0;
    const int choice = data[0] % 11;
    if (choice < 4)
        read(data + 1, count - 1, cdcmtk_encoding(choice));
    else
        decode(data + 1, count - 1, choice - 4);
    return 0;
}
