#include "dataset.hpp"

#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/oflog/oflog.h>

#include <cstdarg>
#include <cstdio>
#include <mutex>

namespace {

void prepareOnce() {
    // DCMTK's log lines may hold patients' names, and our callers report errors themselves.
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);

    // What modalities write in spite of PS3.5 and what still says unmistakably what it is.
    dcmAcceptOddAttributeLength.set(OFTrue);
    dcmEnableUnknownVRConversion.set(OFTrue);
    dcmReplaceWrongDelimitationItem.set(OFTrue);
    dcmAcceptUnexpectedImplicitEncoding.set(OFTrue);
    // Padding and stray characters are the caller's to see.
    dcmEnableAutomaticInputDataCorrection.set(OFFalse);

    DJDecoderRegistration::registerCodecs(EDC_never, EUC_never, EPC_colorByPixel);
    DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_never);
    DJLSDecoderRegistration::registerCodecs(EJLSUC_never, EJLSPC_colorByPixel);
    // Raw, not cooked: of a codestream of odd length DCMTK 3.6.7's cooked encoder leaves the padding as it found it in
    // memory, and writes it into the frame instead, beyond its end where compression made the image longer.
    DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, OFFalse, 0, OFTrue, EJLSUC_never);
    DcmRLEDecoderRegistration::registerCodecs();
    DcmRLEEncoderRegistration::registerCodecs();
}

std::once_flag prepared;

} // namespace

void cdcmtk_prepare() { std::call_once(prepared, prepareOnce); }

void cdcmtk_fail(cdcmtk_error *error, const char *format, ...) {
    if (!error) return;
    error->fault = CDCMTK_FAULT_OTHER;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
}
