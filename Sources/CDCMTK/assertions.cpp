// DCMTK's CharLS and OpenJPEG are built with their assertions on, and damaged codestreams reach some of them. libc's handler
// ends the process. A definition in the executable takes precedence over libc's, so this one is found instead.
//
// An assertion can't be undone: to unwind, or to jump over, what was under way would run, or leave out, destructors of
// objects in no defined state. So codecs run on a thread of their own, which a failed assertion leaves standing where it is.
#include "dataset.hpp"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace {

/// A call that runs apart, as its caller and its thread know it.
struct Call {
    enum class State { running, returned, failed };

    std::mutex mutex;
    std::condition_variable changed;
    State state = State::running;
    bool result = false;
    /// The assertion that failed.
    char text[160] = "";

    void end(State how) {
        {
            const std::lock_guard<std::mutex> hold(mutex);
            state = how;
        }
        changed.notify_all();
    }
};

/// Of the thread that runs it; NULL in all others.
thread_local Call *running = nullptr;

std::mutex failuresMutex;
/// The first assertion that failed in this process; empty while all hold.
char first[160];
/// How many failed, each of which has a thread that stands still.
size_t failures = 0;

/// Keeps the assertion, and tells the caller. This thread does nothing more, and keeps whatever it holds.
[[noreturn]] void standStill(Call &call, const char *assertion) {
    snprintf(call.text, sizeof call.text, "%.150s", assertion);
    {
        const std::lock_guard<std::mutex> hold(failuresMutex);
        if (failures++ == 0) snprintf(first, sizeof first, "%s", call.text);
    }
    call.end(Call::State::failed);
    while (true) pause();
}

} // namespace

bool cdcmtk_run_apart(const std::function<bool()> &body, cdcmtk_error *error) {
    // The thread has a share in it: one that stands still keeps it for ever.
    const auto call = std::make_shared<Call>();
    std::thread thread;
    try {
        thread = std::thread([call, &body] {
            running = call.get();
            call->result = body();
            call->end(Call::State::returned);
        });
    } catch (const std::system_error &refusal) {
        cdcmtk_fail(error, "%s", refusal.what());
        if (error) error->fault = CDCMTK_FAULT_NO_THREAD;
        return false;
    }
    std::unique_lock<std::mutex> hold(call->mutex);
    call->changed.wait(hold, [&] { return call->state != Call::State::running; });
    hold.unlock();
    if (call->state == Call::State::returned) {
        thread.join();
        return call->result;
    }
    thread.detach();
    cdcmtk_fail(error, "the data made a decoder stumble (%s)", call->text);
    if (error) error->fault = CDCMTK_FAULT_INVARIANT;
    return false;
}

size_t cdcmtk_invariants_failed(cdcmtk_error *which) {
    const std::lock_guard<std::mutex> hold(failuresMutex);
    snprintf(which->text, sizeof which->text, "%s", first);
    return failures;
}

#ifdef __GLIBC__
extern "C" __attribute__((noreturn)) void __assert_fail(const char *assertion, const char *file, unsigned int line,
                                                        const char *function) noexcept {
    if (running) standStill(*running, assertion);
    fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function, assertion);
    abort();
}

bool cdcmtk_break_invariant(cdcmtk_error *error) {
    return cdcmtk_run_apart([]() -> bool { __assert_fail("RANGE > 0", __FILE__, __LINE__, __func__); }, error);
}
#else
bool cdcmtk_break_invariant(cdcmtk_error *error) {
    cdcmtk_fail(error, "assertions end the process here");
    return false;
}
#endif
