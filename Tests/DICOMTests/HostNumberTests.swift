import Foundation
import Testing

@Suite struct HostNumberTests {
    /// glibc's own asks the name servers for this host's address, and waits for them.
    @Test func noNameServerIsAskedForTheNumberInDCMTKsUIDs() throws {
        let library = try #require(dlopen("libc.so.6", RTLD_NOW))
        defer { dlclose(library) }
        let slow = try #require(dlsym(library, "gethostid"))
        let asked = try #require(dlsym(nil, "gethostid"))
        #expect(asked != slow)
    }
}
