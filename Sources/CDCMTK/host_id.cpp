#include <random>
#include <unistd.h>

// DCMTK draws a UID for every report that is opened, which is then replaced, and asks for the host's number first. glibc
// makes that from the host's address, for which it asks the name servers: behind one that does not answer, the first report
// of a process took half a minute. A program's own definition goes before its libraries', so this one is asked instead.
extern "C" long gethostid() {
    static const long number = std::random_device()() & 0x7fffffff;
    return number;
}
