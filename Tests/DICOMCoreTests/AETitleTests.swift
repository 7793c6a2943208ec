import DICOMCore
import Testing

@Suite struct AETitleTests {
    @Test func spacesAtBothEndsCarryNoMeaning() {
        #expect(AETitle("  PACS ONE ")?.string == "PACS ONE")
        #expect(AETitle("PACS") == AETitle("PACS            "))
    }

    @Test(arguments: ["", "   ", "SEVENTEEN LETTERS", "BACK\\SLASH", "TAB\tBED", "ÄRZTE"])
    func whatIsNoTitleIsRefused(_ text: String) {
        #expect(AETitle(text) == nil)
    }
}
