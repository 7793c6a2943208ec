import DICOMCore
import Testing

@Suite struct RegistryTests {
    @Test func syntaxesAreLaidOutAsTheStandardSays() {
        let implicit = TransferSyntax(uid: UID(known: "1.2.840.10008.1.2"))
        #expect(!implicit.isExplicitVR && implicit.isLittleEndian && !implicit.isEncapsulated)
        let big = TransferSyntax(uid: UID(known: "1.2.840.10008.1.2.2"))
        #expect(big.isExplicitVR && !big.isLittleEndian && !big.isEncapsulated)
        let deflated = TransferSyntax(uid: UID(known: "1.2.840.10008.1.2.1.99"))
        #expect(deflated.isDeflated && deflated.isExplicitVR && !deflated.isEncapsulated)
        let htj2k = TransferSyntax(uid: UID(known: "1.2.840.10008.1.2.4.201"))
        #expect(htj2k.isEncapsulated && htj2k == .htj2kLossless)
    }

    @Test func aPrivateSyntaxIsTakenForEncapsulated() {
        let syntax = TransferSyntax(uid: UID(known: "1.2.3"))
        #expect(syntax.isEncapsulated && syntax.isExplicitVR && !syntax.isRegistered)
        #expect(syntax.name == "1.2.3")
    }

    @Test func storageClassesAreTheStandards() {
        #expect(SOPClass.ctImageStorage.isStorage)
        #expect(SOPClass.comprehensive3DSRStorage.isStorage)
        #expect(!SOPClass.verification.isStorage && !SOPClass.storageCommitmentPushModel.isStorage)
        #expect(SOPClass(uid: UID(known: "1.2.840.10008.5.1.4.1.1.1")).name == "Computed Radiography Image Storage")
        #expect(SOPClass.storageClasses.count >= 200)
        #expect(Set(SOPClass.storageClasses).count == SOPClass.storageClasses.count)
    }
}
