#include "dataset.hpp"

#include <memory>
#include <string>

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

OFCondition convertElement(DcmElement &element, const std::string &characterSet) {
    const char *resets = delimiters(element.ident());
    const Uint32 length = element.getLengthField();
    if (!resets || length == 0) return EC_Normal;
    auto bytes = std::make_unique<uint8_t[]>(length);
    const OFCondition condition = element.getPartialValue(bytes.get(), 0, length);
    if (condition.bad()) return condition;
    bool isComplete = false;
    std::string text(cdcmtk_text(bytes.get(), length, characterSet.c_str(), resets, nullptr, 0, &isComplete), 0);
    cdcmtk_text(bytes.get(), length, characterSet.c_str(), resets, text.data(), text.size(), &isComplete);
    // A text of another length needs other padding: a space, and none that was there before (PS3.5 §6.2).
    text.resize(text.find_last_not_of('\0') + 1);
    if (text.size() % 2 != 0) text += ' ';
    return element.putString(text.data(), static_cast<Uint32>(text.size()));
}

OFCondition convertItem(DcmItem &item, std::string characterSet, bool isRoot) {
    OFString own;
    if (item.findAndGetOFStringArray(DCM_SpecificCharacterSet, own).good()) {
        characterSet.assign(own.c_str(), own.length());
        if (!isRoot) item.findAndDeleteElement(DCM_SpecificCharacterSet);
    }
    OFCondition condition = EC_Normal;
    DcmObject *member = nullptr;
    while (condition.good() && (member = item.nextInContainer(member)) != nullptr) {
        if (member->ident() != EVR_SQ) {
            if (member->isLeaf()) condition = convertElement(*static_cast<DcmElement *>(member), characterSet);
            continue;
        }
        auto *sequence = static_cast<DcmSequenceOfItems *>(member);
        for (unsigned long index = 0; condition.good() && index < sequence->card(); index++)
            condition = convertItem(*sequence->getItem(index), characterSet, false);
    }
    return condition;
}

} // namespace

bool cdcmtk_convert_to_utf8(cdcmtk_item *item, const char *character_set, cdcmtk_error *error) {
    return cdcmtk_guarded(error, [&] {
        return cdcmtk_succeeded(convertItem(*object(item), character_set, true), error);
    });
}
