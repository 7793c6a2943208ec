import DICOMCore
import Reporting
import Testing

@testable import Studies

@Suite("Files of results")
struct ResultNameTests {
    @Test("Each kind of result has a file name of its own")
    func fileNames() {
        let kinds: [ResultObject.Kind] = [
            .structuredReport(.enhanced), .structuredReport(.comprehensive3D), .picture,
            .supersededNote(of: UID(known: "2.25.2")), .supersededNote(of: UID(known: "2.25.3")),
        ]
        #expect(Set(kinds.map(\.fileName)).count == kinds.count)
        #expect(ResultObject.Kind.picture.fileName == "picture")
    }
}
