// What the C++ files of this target share. Nothing outside it includes this.
#ifndef CDCMTK_DATASET_HPP
#define CDCMTK_DATASET_HPP

#include "cdcmtk.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <exception>
#include <functional>
#include <new>

struct cdcmtk_dataset {
    DcmDataset dataset;
    /// The encapsulated syntax under which DCMTK holds the pixel data, EXS_Unknown when they are native.
    E_TransferSyntax encapsulation = EXS_Unknown;
    /// The item of the pixel data that was read last, and its number: DCMTK finds an item by counting from the first,
    /// and the next one by walking on.
    DcmObject *lastFragment = nullptr;
    size_t lastFragmentIndex = 0;
    /// A codec works on it, or stands still within it for ever: then it is never freed.
    bool isWithCodec = false;
};

/// Items are handed out as their DCMTK object's address.
inline DcmItem *object(cdcmtk_item *item) { return reinterpret_cast<DcmItem *>(item); }
inline cdcmtk_item *handle(DcmItem *item) { return reinterpret_cast<cdcmtk_item *>(item); }

/// Sets DCMTK's global switches and registers its codecs, once in a process.
void cdcmtk_prepare();

void cdcmtk_fail(cdcmtk_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// Runs `body`, which returns false after cdcmtk_fail. No exception leaves.
template <typename Body> bool cdcmtk_guarded(cdcmtk_error *error, Body body) noexcept {
    if (error) error->text[0] = 0;
    try {
        cdcmtk_prepare();
        return body();
    } catch (const std::bad_alloc &) {
        cdcmtk_fail(error, "there is not enough memory");
    } catch (const std::exception &exception) {
        cdcmtk_fail(error, "%s", exception.what());
    } catch (...) {
        cdcmtk_fail(error, "an unknown failure in DCMTK");
    }
    return false;
}

/// Runs `body` on a thread of its own and waits for it. Fails when an assertion of a library fails there (assertions.cpp):
/// what `body` reached it may still hold then, but never touches again.
bool cdcmtk_run_apart(const std::function<bool()> &body, cdcmtk_error *error);

/// As cdcmtk_guarded, for codecs: their assertions are within the reach of damaged data.
template <typename Body> bool cdcmtk_guarded_codec(cdcmtk_error *error, Body body) noexcept {
    return cdcmtk_guarded(
        error, [&] { return cdcmtk_run_apart([&] { return cdcmtk_guarded(error, body); }, error); });
}

inline bool cdcmtk_succeeded(const OFCondition &condition, cdcmtk_error *error) {
    if (condition.bad()) cdcmtk_fail(error, "%s", condition.text());
    return condition.good();
}

inline DcmTag cdcmtk_typed_tag(uint16_t group, uint16_t element, const char *vr) {
    DcmTag tag(group, element);
    tag.setVR(DcmVR(vr));
    return tag;
}

#endif
