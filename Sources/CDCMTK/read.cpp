#include "dataset.hpp"

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcistrmf.h>
#include <zlib.h>

#include <memory>

namespace {

/// Values longer than this stay in their file until they are asked for.
constexpr Uint32 largestLoadedValue = 4096;

/// JPEG 2000 stands for all encapsulated syntaxes: DCMTK has no codec for it, so it keeps the fragments as they are,
/// and its layout is that of the syntaxes which DCMTK does not know by name.
constexpr E_TransferSyntax encapsulatedSyntax = EXS_JPEG2000;

E_TransferSyntax syntax(cdcmtk_encoding encoding) {
    switch (encoding) {
    case CDCMTK_IMPLICIT_LITTLE_ENDIAN: return EXS_LittleEndianImplicit;
    case CDCMTK_EXPLICIT_LITTLE_ENDIAN: return EXS_LittleEndianExplicit;
    case CDCMTK_EXPLICIT_BIG_ENDIAN: return EXS_BigEndianExplicit;
    case CDCMTK_ENCAPSULATED: return encapsulatedSyntax;
    }
    return EXS_Unknown;
}

/// DCMTK reads nested sequences by recursion without a limit. The scanner counts nesting beforehand, but where bytes are
/// damaged the two need not agree on what is a sequence. So the stream itself ends when the stack has grown too far.
template <typename Base> class BoundedStream : public Base {
  public:
    using Base::Base;

    offile_off_t avail() override {
        const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
        if (top - here > deepest) isTooDeep = true;
        return isTooDeep ? 0 : Base::avail();
    }

    bool isTooDeep = false;

  private:
    /// Nesting of 64, which the scanner lets pass, stays well within it.
    static constexpr uintptr_t deepest = 256 * 1024;
    const uintptr_t top = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
};

template <typename Base>
cdcmtk_dataset *read(BoundedStream<Base> &stream, cdcmtk_encoding encoding, cdcmtk_error *error) {
    auto result = std::make_unique<cdcmtk_dataset>();
    DcmDataset &dataset = result->dataset;
    dataset.transferInit();
    const OFCondition condition =
        dataset.read(stream, syntax(encoding), EGL_noChange, largestLoadedValue);
    dataset.transferEnd();
    if (stream.isTooDeep) {
        cdcmtk_fail(error, "its sequences are nested too deep");
        return nullptr;
    }
    if (condition.bad()) {
        cdcmtk_fail(error, "%s", condition.text());
        return nullptr;
    }
    if (encoding == CDCMTK_ENCAPSULATED) result->encapsulation = encapsulatedSyntax;
    return result.release();
}

} // namespace

cdcmtk_dataset *cdcmtk_read_file(const char *path, uint64_t offset, cdcmtk_encoding encoding, cdcmtk_error *error) {
    cdcmtk_dataset *result = nullptr;
    cdcmtk_guarded(error, [&] {
        // An offset given to the stream itself would be forgotten where values are loaded later.
        BoundedStream<DcmInputFileStream> stream((OFFilename(path)));
        stream.skip(static_cast<offile_off_t>(offset));
        if (stream.status().bad()) {
            cdcmtk_fail(error, "%s", stream.status().text());
            return false;
        }
        result = read(stream, encoding, error);
        return result != nullptr;
    });
    return result;
}

cdcmtk_dataset *cdcmtk_read_bytes(const uint8_t *bytes, size_t count, cdcmtk_encoding encoding, cdcmtk_error *error) {
    cdcmtk_dataset *result = nullptr;
    cdcmtk_guarded(error, [&] {
        BoundedStream<DcmInputBufferStream> stream;
        // An empty buffer would read as "more to come" instead of as an empty data set.
        if (count > 0) stream.setBuffer(bytes, static_cast<offile_off_t>(count));
        stream.setEos();
        result = read(stream, encoding, error);
        return result != nullptr;
    });
    return result;
}

void cdcmtk_free(cdcmtk_dataset *dataset) {
    cdcmtk_guarded(nullptr, [&] {
        if (dataset->isWithCodec) return false;
        delete dataset;
        return true;
    });
}

cdcmtk_item *cdcmtk_root(cdcmtk_dataset *dataset) { return handle(&dataset->dataset); }

namespace {

/// `windowBits` tells zlib's wrapper (15) from raw deflate (-15), which PS3.5 §10 wants.
bool inflateWith(int windowBits, const uint8_t *bytes, size_t count, uint8_t *buffer, size_t capacity,
                 size_t *produced, cdcmtk_error *error) {
    z_stream stream = {};
    if (inflateInit2(&stream, windowBits) != Z_OK) {
        cdcmtk_fail(error, "zlib could not start");
        return false;
    }
    const size_t step = 1u << 30;
    size_t consumed = 0, made = 0;
    int status = Z_OK;
    while (status == Z_OK) {
        if (stream.avail_in == 0 && consumed < count) {
            const size_t next = count - consumed < step ? count - consumed : step;
            stream.next_in = const_cast<Bytef *>(bytes + consumed);
            stream.avail_in = static_cast<uInt>(next);
            consumed += next;
        }
        const size_t room = capacity - made < step ? capacity - made : step;
        stream.next_out = buffer + made;
        stream.avail_out = static_cast<uInt>(room);
        status = inflate(&stream, Z_NO_FLUSH);
        made += room - stream.avail_out;
    }
    inflateEnd(&stream);
    *produced = made;
    if (status == Z_STREAM_END) return true;
    if (status == Z_BUF_ERROR && made == capacity) {
        cdcmtk_fail(error, "the deflated bytes hold more than the %zu bytes that are allowed", capacity);
    } else if (status == Z_BUF_ERROR) {
        cdcmtk_fail(error, "the deflated bytes end too early");
    } else {
        cdcmtk_fail(error, "the deflated bytes are damaged");
    }
    return false;
}

} // namespace

bool cdcmtk_inflate(const uint8_t *bytes, size_t count, bool may_be_wrapped, uint8_t *buffer, size_t capacity,
                    size_t *produced, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        *produced = 0;
        // Some writers add zlib's two-byte header; as raw deflate its first byte would name no valid block.
        const bool isWrapped = may_be_wrapped
            && count > 2 && (bytes[0] & 0x0f) == 8 && ((unsigned(bytes[0]) << 8) | bytes[1]) % 31 == 0;
        if (isWrapped && inflateWith(15, bytes, count, buffer, capacity, produced, error)) return true;
        return inflateWith(-15, bytes, count, buffer, capacity, produced, error);
    });
}
