#include "dataset.hpp"
#include "japanese.hpp"

#include <dcmtk/dcmdata/dcspchrs.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr char escape = 0x1b;

std::vector<std::string> split(const std::string &text, char separator) {
    std::vector<std::string> parts(1);
    for (const char character : text) {
        if (character == separator) parts.emplace_back();
        else parts.back() += character;
    }
    return parts;
}

/// Defined terms as writers misspell them: "ISO-IR 100", "ISO_IR_100", "ISO 2022-IR 87", "UTF-8".
std::string normalisedTerm(const std::string &term) {
    std::string letters;
    for (const char character : term)
        if (std::isalnum(static_cast<unsigned char>(character)))
            letters += static_cast<char>(std::toupper(static_cast<unsigned char>(character)));
    const auto number = [&](size_t prefix) { return letters.substr(prefix); };
    if (letters.rfind("ISO2022IR", 0) == 0) return "ISO 2022 IR " + number(9);
    if (letters.rfind("ISOIR", 0) == 0) return "ISO_IR " + number(5);
    if (letters == "UTF8" || letters == "ISO10646" || letters == "192") return "ISO_IR 192";
    if (letters == "GB2312") return "GBK";
    return letters;
}

/// The value of Specific Character Set as DCMTK takes it.
std::string normalised(const char *characterSet) {
    std::vector<std::string> terms = split(characterSet ? characterSet : "", '\\');
    std::string result;
    for (size_t index = 0; index < terms.size(); index++) {
        std::string term = normalisedTerm(terms[index]);
        // Code extensions need the terms that announce them.
        if (terms.size() > 1 && term.rfind("ISO_IR ", 0) == 0 && term != "ISO_IR 192")
            term = "ISO 2022 IR " + term.substr(7);
        if (index > 0) result += '\\';
        // ISO_IR 6 is the default, which has no defined term of its own.
        if (term != "ISO_IR 6" && !(index == 0 && term == "ISO 2022 IR 6")) result += term;
    }
    return result;
}

bool convert(DcmSpecificCharacterSet &converter, const std::string &text, const OFString &delimiters,
             std::string &result) {
    OFString converted;
    if (converter.convertString(text.data(), text.size(), converted, delimiters).bad()) return false;
    result.assign(converted.c_str(), converted.length());
    return true;
}

void appendMarked(unsigned char byte, std::string &result) {
    char mark[5];
    snprintf(mark, sizeof mark, "\\x%02X", byte);
    result += mark;
}

/// How long the escape sequence at `position` is: escape, up to two intermediate bytes (2/0 to 2/15), final byte (ISO
/// 2022; PS3.3 C.12.1.1.2 has none with more).
size_t escapeLength(const std::string &text, size_t position) {
    size_t end = position + 1;
    while (end < text.size() && end < position + 3 && text[end] >= 0x20 && text[end] <= 0x2f) end++;
    return std::min(end + 1, text.size()) - position;
}

/// Decodes as much of `text` as can be: the longest pieces of up to four bytes, each after its escape sequence.
void convertPiecewise(DcmSpecificCharacterSet &converter, const std::string &text, const OFString &delimiters,
                      std::string &result) {
    std::string prefix;
    size_t position = 0;
    while (position < text.size()) {
        if (text[position] == escape) {
            const size_t length = escapeLength(text, position);
            prefix = text.substr(position, length);
            position += length;
            continue;
        }
        if (delimiters.find(text[position]) != OFString_npos) prefix.clear();
        std::string piece;
        size_t length = 1;
        while (length <= 4 && position + length <= text.size()
               && !convert(converter, prefix + text.substr(position, length), delimiters, piece))
            length++;
        if (length <= 4 && position + length <= text.size()) {
            result += piece;
            position += length;
        } else {
            appendMarked(static_cast<unsigned char>(text[position]), result);
            position++;
        }
    }
}

/// False when some bytes had to be marked.
bool convertKnown(const std::string &terms, const std::string &text, const OFString &delimiters, std::string &result) {
    DcmSpecificCharacterSet converter;
    const bool isKnown = converter.selectCharacterSet(OFString(terms.c_str()), "ISO_IR 192").good();
    // An unknown term still leaves what ASCII can say.
    if (!isKnown) converter.selectCharacterSet("", "ISO_IR 192");
    std::string converted;
    if (isKnown && convert(converter, text, delimiters, converted)) {
        result += converted;
        return true;
    }
    convertPiecewise(converter, text, delimiters, result);
    return false;
}

constexpr const char *unicode = "ISO_IR 192";

bool isUnicode(const std::string &text) {
    DcmSpecificCharacterSet converter;
    std::string converted;
    return converter.selectCharacterSet(unicode, unicode).good() && convert(converter, text, "", converted);
}

/// Whether some bytes are a character of UTF-8: two that make one hardly ever follow each other in other sets.
bool holdsUnicode(const std::string &text) {
    for (size_t index = 1; index < text.size(); index++) {
        const auto lead = static_cast<unsigned char>(text[index - 1]), next = static_cast<unsigned char>(text[index]);
        if (lead >= 0xc2 && lead <= 0xf4 && (next & 0xc0) == 0x80) return true;
    }
    return false;
}

/// What text is in: not what is stated where nothing is, or where it is stated to be UTF-8 and is nothing like it.
std::string actualTerms(const char *characterSet, const std::string &text) {
    const std::string terms = normalised(characterSet);
    const bool isStated = *characterSet || text.find(escape) != std::string::npos;
    if (!isStated) return isUnicode(text) ? unicode : "ISO_IR 100";
    return terms == unicode && !holdsUnicode(text) ? "ISO_IR 100" : terms;
}

size_t give(const std::string &text, void *buffer, size_t capacity) {
    if (buffer) std::memcpy(buffer, text.data(), std::min(text.size(), capacity));
    return text.size();
}

bool isASCII(const std::string &text) {
    return std::all_of(text.begin(), text.end(),
                       [](char character) { return character != escape && static_cast<unsigned char>(character) < 0x80; });
}

} // namespace

size_t cdcmtk_text(const uint8_t *bytes, size_t count, const char *character_set, const char *delimiters, char *buffer,
                   size_t capacity, bool *is_complete) {
    size_t length = 0;
    *is_complete = false;
    cdcmtk_guarded(nullptr, [&] {
        const std::string text(reinterpret_cast<const char *>(bytes), count);
        // JIS X 0201 has a yen sign and an overline where ASCII has backslash and tilde, but DICOM's texts mean ASCII.
        if (isASCII(text)) {
            *is_complete = true;
            length = give(text, buffer, capacity);
            return true;
        }
        const std::string terms = actualTerms(character_set, text);
        std::string result;
        *is_complete = cdcmtk_is_japanese(terms)
            ? cdcmtk_convert_japanese(terms, text, delimiters, convertKnown, result)
            : convertKnown(terms, text, delimiters, result);
        length = give(result, buffer, capacity);
        return true;
    });
    return length;
}

bool cdcmtk_text_stands(const uint8_t *bytes, size_t count, const char *character_set) {
    bool stands = false;
    cdcmtk_guarded(nullptr, [&] {
        const std::string text(reinterpret_cast<const char *>(bytes), count);
        const std::string terms = normalised(character_set);
        stands = isASCII(text) || (terms == unicode ? isUnicode(text) : !terms.empty());
        return true;
    });
    return stands;
}

size_t cdcmtk_encode_text(const char *text, size_t count, const char *character_set, uint8_t *buffer, size_t capacity,
                          bool *is_complete) {
    size_t length = 0;
    *is_complete = false;
    cdcmtk_guarded(nullptr, [&] {
        const std::string source(text, count);
        const std::string terms = normalised(character_set);
        if (terms == unicode || isASCII(source)) {
            *is_complete = true;
            length = give(source, buffer, capacity);
            return true;
        }
        // Text with code extensions would need a choice of escape sequences, which DCMTK does not make.
        DcmSpecificCharacterSet converter;
        std::string result;
        *is_complete = !terms.empty() && terms.find('\\') == std::string::npos
            && converter.selectCharacterSet("ISO_IR 192", OFString(terms.c_str())).good()
            && convert(converter, source, "", result);
        length = give(result, buffer, capacity);
        return true;
    });
    return length;
}
