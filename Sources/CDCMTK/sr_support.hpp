// What the reading and the writing half of the SR bridge share.
#pragma once

#include "cdcmtk_sr.h"
#include "dataset.hpp"

#include "dcmtk/config/osconfig.h"
#include "dcmtk/dcmdata/dctk.h"
#include "dcmtk/dcmsr/dsrdoc.h"

namespace hilum_sr {

inline OFString string(const char *text) { return OFString(text == nullptr ? "" : text); }

const DSRTypes::E_DocumentType documentTypes[] = {
    DSRTypes::DT_BasicTextSR, DSRTypes::DT_EnhancedSR, DSRTypes::DT_ComprehensiveSR, DSRTypes::DT_Comprehensive3DSR,
    DSRTypes::DT_KeyObjectSelectionDocument};

const DSRTypes::E_RelationshipType relationships[] = {
    DSRTypes::RT_isRoot,         DSRTypes::RT_contains,     DSRTypes::RT_hasObsContext, DSRTypes::RT_hasAcqContext,
    DSRTypes::RT_hasConceptMod,  DSRTypes::RT_hasProperties, DSRTypes::RT_inferredFrom, DSRTypes::RT_selectedFrom};

const DSRTypes::E_ValueType valueTypes[] = {
    DSRTypes::VT_Container, DSRTypes::VT_Text,  DSRTypes::VT_Code,   DSRTypes::VT_Num,       DSRTypes::VT_DateTime,
    DSRTypes::VT_UIDRef,    DSRTypes::VT_PName, DSRTypes::VT_SCoord, DSRTypes::VT_Composite, DSRTypes::VT_Image};

/// Position of `value` in `table`, or `otherwise`.
template <typename Value, size_t count>
int position(const Value (&table)[count], Value value, int otherwise) {
    for (size_t index = 0; index < count; ++index)
        if (table[index] == value) return static_cast<int>(index);
    return otherwise;
}

/// Reads a Part 10 file from memory, all values included.
OFCondition readFile(const uint8_t *bytes, size_t length, DcmFileFormat &file);

enum class Padding {
    /// Zeros at the end of texts, which only UIDs may have (PS3.5 §6.2).
    misplacedZeros,
    /// Spaces and zeros at the end of any string.
    all
};

/// Takes padding off the strings of a data set.
void trim(DcmDataset &dataset, Padding padding);

}  // namespace hilum_sr
