// DCMTK's CharLS and OpenJPEG are built with their assertions on, and damaged codestreams reach some of them. libc's
// handler ends the process. A definition in the executable takes precedence over libc's, so this one is found instead.
#include "dataset.hpp"

#include <cstdio>
#include <cstdlib>

namespace {
thread_local cdcmtk_assertion_guard *innermost = nullptr;
}

cdcmtk_assertion_guard::cdcmtk_assertion_guard() : text(), outer(innermost) { innermost = this; }
cdcmtk_assertion_guard::~cdcmtk_assertion_guard() { innermost = outer; }

#ifdef __GLIBC__
extern "C" __attribute__((noreturn)) void __assert_fail(const char *assertion, const char *file, unsigned int line,
                                                        const char *function) noexcept {
    if (innermost) {
        snprintf(innermost->text, sizeof innermost->text, "%.120s", assertion);
        longjmp(innermost->landing, 1);
    }
    fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, assertion);
    abort();
}
#endif
