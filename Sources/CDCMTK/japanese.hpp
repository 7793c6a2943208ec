// JIS X 0201, 0208 and 0212 (ISO 2022 IR 13, 87, 159), which DCMTK can't decode where its conversion is glibc's iconv:
// that has these sets as parts of EUC-JP only.
#ifndef CDCMTK_JAPANESE_HPP
#define CDCMTK_JAPANESE_HPP

#include "dataset.hpp"

#include <string>

bool cdcmtk_is_japanese(const std::string &terms);

/// Decodes text in the sets of `others`, which come with it.
using cdcmtk_other_sets = bool (*)(const std::string &terms, const std::string &text, const OFString &delimiters,
                                   std::string &result);

/// Appends `text` as UTF-8; false when some bytes had to be marked.
bool cdcmtk_convert_japanese(const std::string &terms, const std::string &text, const OFString &delimiters,
                             cdcmtk_other_sets others, std::string &result);

#endif
