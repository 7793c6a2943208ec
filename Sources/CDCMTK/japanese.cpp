#include "japanese.hpp"

#include <dcmtk/ofstd/ofchrenc.h>

#include <cstdio>
#include <sstream>

namespace {

constexpr char escape = 0x1b;

bool isJapaneseTerm(const std::string &term) {
    return term == "ISO_IR 13" || term == "ISO 2022 IR 13" || term == "ISO 2022 IR 87" || term == "ISO 2022 IR 159";
}

std::string withoutJapanese(const std::string &terms) {
    std::istringstream stream(terms);
    std::string term, rest;
    for (bool isFirst = true; std::getline(stream, term, '\\'); isFirst = false) {
        if (isJapaneseTerm(term)) continue;
        if (!isFirst) rest += '\\';
        rest += term;
    }
    return rest;
}

/// What the escape sequences of PS3.3 C.12.1.1.2 designate.
enum class Set { other, kanji, supplementaryKanji, katakana, romaji };

struct Designation {
    const char *sequence;
    Set set;
};

constexpr Designation designations[] = {
    {"\x1b$B", Set::kanji},   {"\x1b$@", Set::kanji},  {"\x1b$(D", Set::supplementaryKanji},
    {"\x1b)I", Set::katakana}, {"\x1b(J", Set::romaji}, {"\x1b(B", Set::other},
};

class JapaneseText {
  public:
    JapaneseText(const std::string &terms, const OFString &delimiters, cdcmtk_other_sets others, std::string &result)
        : otherTerms(withoutJapanese(terms)), delimiters(delimiters), others(others), result(result),
          beginsWithKatakana(terms.rfind("ISO_IR 13", 0) == 0 || terms.rfind("ISO 2022 IR 13", 0) == 0),
          hasKatakana(beginsWithKatakana) {
        isComplete = encoding.selectEncoding("EUC-JP", "UTF-8").good();
    }

    bool convert(const std::string &text) {
        for (size_t position = 0; position < text.size();) position += take(text, position);
        flush();
        return isComplete;
    }

  private:
    std::string otherTerms;
    OFString delimiters;
    cdcmtk_other_sets others;
    std::string &result;
    OFCharacterEncoding encoding;
    bool beginsWithKatakana, hasKatakana, isComplete;
    Set wide = Set::other;
    /// Bytes of other sets, not yet decoded.
    std::string pending;

    size_t take(const std::string &text, size_t position) {
        const unsigned char byte = static_cast<unsigned char>(text[position]);
        if (text[position] == escape)
            if (const size_t length = designate(text, position)) return length;
        if (delimiters.find(text[position]) != OFString_npos && wide == Set::other) hasKatakana = beginsWithKatakana;
        if (wide != Set::other && byte > 0x20 && byte < 0x7f) return takeWide(text, position);
        if (wide != Set::other && byte <= 0x20) wide = Set::other;
        if (hasKatakana && byte >= 0xa1 && byte <= 0xdf) {
            flush();
            append(std::string("\x8e") + text[position]);
        } else {
            pending += text[position];
        }
        return 1;
    }

    size_t designate(const std::string &text, size_t position) {
        for (const Designation &designation : designations) {
            const std::string sequence = designation.sequence;
            if (text.compare(position, sequence.size(), sequence) != 0) continue;
            flush();
            if (designation.set == Set::katakana) hasKatakana = true;
            else wide = designation.set == Set::romaji ? Set::other : designation.set;
            return sequence.size();
        }
        return 0;
    }

    size_t takeWide(const std::string &text, size_t position) {
        if (position + 1 >= text.size()) {
            mark(text[position]);
            return 1;
        }
        std::string character = wide == Set::supplementaryKanji ? "\x8f" : "";
        character += static_cast<char>(text[position] | 0x80);
        character += static_cast<char>(text[position + 1] | 0x80);
        append(character);
        return 2;
    }

    void append(const std::string &character) {
        OFString converted;
        if (encoding.convertString(character.data(), character.size(), converted).good()) {
            result.append(converted.c_str(), converted.length());
        } else {
            for (const char byte : character) mark(byte);
        }
    }

    void mark(char byte) {
        char text[5];
        snprintf(text, sizeof text, "\\x%02X", static_cast<unsigned char>(byte));
        result += text;
        isComplete = false;
    }

    void flush() {
        if (!pending.empty() && !others(otherTerms, pending, delimiters, result)) isComplete = false;
        pending.clear();
    }
};

} // namespace

bool cdcmtk_is_japanese(const std::string &terms) {
    std::istringstream stream(terms);
    for (std::string term; std::getline(stream, term, '\\');)
        if (isJapaneseTerm(term)) return true;
    return false;
}

bool cdcmtk_convert_japanese(const std::string &terms, const std::string &text, const OFString &delimiters,
                             cdcmtk_other_sets others, std::string &result) {
    return JapaneseText(terms, delimiters, others, result).convert(text);
}
