#include "dataset.hpp"

#include <string>
#include <vector>

namespace {

/// What resets code extensions in a value of this VR (PS3.5 §6.1.2.5.3); nullptr for one that is not in the character
/// set.
const char *delimiters(DcmEVR vr) {
    switch (vr) {
    case EVR_LO: case EVR_SH: case EVR_UC: return "\\";
    case EVR_PN: return "\\^=";
    case EVR_LT: case EVR_ST: case EVR_UT: return "\r\n\t\f";
    default: return nullptr;
    }
}

/// Calls `body` with every element of the item and of the items below it that may hold text, its bytes, what resets code
/// extensions in it, and its character set. `enter` is called first with every item that names a set of its own.
template <typename Enter, typename Body>
OFCondition forEachText(DcmItem &item, std::string characterSet, Enter enter, Body body, bool isRoot = true) {
    OFString own;
    if (item.findAndGetOFStringArray(DCM_SpecificCharacterSet, own).good()) {
        characterSet.assign(own.c_str(), own.length());
        enter(item, isRoot);
    }
    OFCondition condition = EC_Normal;
    DcmObject *member = nullptr;
    while (condition.good() && (member = item.nextInContainer(member)) != nullptr) {
        if (member->ident() == EVR_SQ) {
            auto *sequence = static_cast<DcmSequenceOfItems *>(member);
            for (unsigned long index = 0; condition.good() && index < sequence->card(); index++)
                condition = forEachText(*sequence->getItem(index), characterSet, enter, body, false);
            continue;
        }
        const char *resets = delimiters(member->ident());
        const Uint32 length = member->getLengthField();
        if (!member->isLeaf() || !resets || length == 0) continue;
        auto &element = *static_cast<DcmElement *>(member);
        std::vector<uint8_t> bytes(length);
        condition = element.getPartialValue(bytes.data(), 0, length);
        if (condition.good()) condition = body(element, bytes, resets, characterSet);
    }
    return condition;
}

OFCondition convertElement(DcmElement &element, const std::vector<uint8_t> &bytes, const char *resets,
                           const std::string &characterSet) {
    bool isComplete = false;
    std::string text(
        cdcmtk_text(bytes.data(), bytes.size(), characterSet.c_str(), resets, nullptr, 0, &isComplete), 0);
    cdcmtk_text(bytes.data(), bytes.size(), characterSet.c_str(), resets, text.data(), text.size(), &isComplete);
    // A text of another length needs other padding: a space, and none that was there before (PS3.5 §6.2).
    text.resize(text.find_last_not_of('\0') + 1);
    if (text.size() % 2 != 0) text += ' ';
    return element.putString(text.data(), static_cast<Uint32>(text.size()));
}

} // namespace

bool cdcmtk_texts_stand(cdcmtk_item *item, const char *character_set) {
    bool stand = true;
    cdcmtk_guarded(nullptr, [&] {
        return forEachText(
            *object(item), character_set, [](DcmItem &, bool) {},
            [&](DcmElement &, const std::vector<uint8_t> &bytes, const char *, const std::string &characterSet) {
                stand = stand && cdcmtk_text_stands(bytes.data(), bytes.size(), characterSet.c_str());
                return EC_Normal;
            }).good();
    });
    return stand;
}

bool cdcmtk_convert_to_utf8(cdcmtk_item *item, const char *character_set, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        const auto forgetOwn = [](DcmItem &inner, bool isRoot) {
            if (!isRoot) inner.findAndDeleteElement(DCM_SpecificCharacterSet);
        };
        return cdcmtk_succeeded(forEachText(*object(item), character_set, forgetOwn, convertElement), error);
    });
}
