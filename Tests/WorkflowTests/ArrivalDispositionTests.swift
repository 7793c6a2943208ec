import Testing

@testable import Workflow

@Suite("What becomes of an object that came")
struct ArrivalDispositionTests {
    private func digest(_ byte: UInt8) throws -> ObjectDigest {
        try #require(ObjectDigest([UInt8](repeating: byte, count: 32)))
    }

    private func disposition(
        _ byte: UInt8, kept: KeptObject.File, aside: KeptObject.File? = nil, _ policy: DuplicatePolicy = .setAside
    ) throws -> ArrivalDisposition {
        let asides = try aside.map { [KeptObject.Aside(id: 7, digest: try digest(2), file: $0)] } ?? []
        return ArrivalDisposition(
            of: try digest(byte), kept: KeptObject(digest: try digest(1), file: kept, asides: asides),
            duplicates: policy)
    }

    @Test("A new UID is kept")
    func new() throws {
        #expect(ArrivalDisposition(of: try digest(1), kept: nil, duplicates: .refuse) == .keep)
    }

    @Test("Defect 6: 'same' is answered only for bytes that are there")
    func same() throws {
        #expect(try disposition(1, kept: .whole) == .same)
        #expect(try disposition(1, kept: .gone) == .repair)
        #expect(try disposition(2, kept: .whole, aside: .whole) == .same)
        #expect(try disposition(2, kept: .whole, aside: .gone) == .repairAside(id: 7))
        #expect(try disposition(2, kept: .gone, aside: .whole) == .same)
    }

    @Test("Other bytes stay aside, or are refused where the kept ones are there")
    func others() throws {
        #expect(try disposition(3, kept: .whole) == .setAside)
        #expect(try disposition(3, kept: .whole, .refuse) == .refuse)
        #expect(try disposition(3, kept: .gone, .refuse) == .setAside)
        #expect(try disposition(2, kept: .whole, aside: .gone, .refuse) == .repairAside(id: 7))
    }
}
