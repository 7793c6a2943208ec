#include "dataset.hpp"

#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djrparam.h>

#include <cstring>
#include <memory>

bool cdcmtk_put_native_pixels(cdcmtk_dataset *dataset, const char *vr, const uint8_t *bytes, uint32_t count,
                              cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        auto pixels = std::make_unique<DcmPixelData>(cdcmtk_typed_tag(0x7fe0, 0x0010, vr));
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
        if (!cdcmtk_succeeded(condition, error)) return false;
        if (!cdcmtk_succeeded(dataset->dataset.insert(pixels.get(), OFTrue), error)) return false;
        pixels.release();
        dataset->encapsulation = EXS_Unknown;
        return true;
    });
}

bool cdcmtk_begin_fragments(cdcmtk_dataset *dataset, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData));
        auto table = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item));
        if (!cdcmtk_succeeded(sequence->insert(table.get()), error)) return false;
        table.release();
        auto pixels = std::make_unique<DcmPixelData>(cdcmtk_typed_tag(0x7fe0, 0x0010, "OB"));
        dataset->encapsulation = EXS_JPEG2000;
        pixels->putOriginalRepresentation(dataset->encapsulation, nullptr, sequence.release());
        if (!cdcmtk_succeeded(dataset->dataset.insert(pixels.get(), OFTrue), error)) return false;
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
        if (!cdcmtk_succeeded(item->putUint8Array(bytes, count), error)) return false;
        if (!cdcmtk_succeeded(sequence->insert(item.get()), error)) return false;
        item.release();
        return true;
    });
}

namespace {

class WithCodec {
  public:
    explicit WithCodec(cdcmtk_dataset &dataset) : dataset(dataset) { dataset.isWithCodec = true; }
    ~WithCodec() { dataset.isWithCodec = false; }

  private:
    cdcmtk_dataset &dataset;
};

} // namespace

bool cdcmtk_compress(cdcmtk_dataset *dataset, cdcmtk_encoder encoder, cdcmtk_error *error) {
    return cdcmtk_guarded_codec(error, [&] {
        const WithCodec work(*dataset);
        E_TransferSyntax syntax = EXS_RLELossless;
        OFCondition condition;
        DcmDataset &data = dataset->dataset;
        if (encoder == CDCMTK_ENCODE_JPEG_LOSSLESS) {
            syntax = EXS_JPEGProcess14SV1;
            const DJ_RPLossless parameter;
            condition = data.chooseRepresentation(syntax, &parameter);
        } else if (encoder == CDCMTK_ENCODE_JPEG_LS_LOSSLESS) {
            syntax = EXS_JPEGLSLossless;
            const DJLSRepresentationParameter parameter(0, OFTrue);
            condition = data.chooseRepresentation(syntax, &parameter);
        } else {
            const DcmRLERepresentationParameter parameter;
            condition = data.chooseRepresentation(syntax, &parameter);
        }
        if (!cdcmtk_succeeded(condition, error)) return false;
        data.removeAllButCurrentRepresentations();
        dataset->encapsulation = syntax;
        return true;
    });
}
