import DICOMCore
import Testing

@testable import Workflow

@Suite("Documents and the forms they are written in")
struct RenditionTests {
    private let english = LanguageTag("en")
    private let german = LanguageTag("de-AT")
    private let basic = SOPClass.basicTextSRStorage.uid
    private let enhanced = SOPClass.enhancedSRStorage.uid

    @Test("A destination's classes come first, then its languages, then the order in which they were made")
    func order() {
        let made = [
            Rendition(sopClass: basic, language: english), Rendition(sopClass: enhanced, language: english),
            Rendition(sopClass: enhanced, language: german),
        ]
        let preference = RenditionPreference(classes: [enhanced, basic], languages: [german].compactMap { $0 })
        #expect(preference.order(made) == [made[2], made[1], made[0]])
        #expect(preference.next(after: made[2], among: made) == made[0])
        #expect(preference.next(after: made[0], among: made) == nil)
    }

    @Test("A document in none of the classes, such as a picture, goes as it is")
    func pictures() {
        let picture = Rendition(sopClass: SOPClass.secondaryCaptureImageStorage.uid)
        #expect(RenditionPreference(classes: [basic]).order([picture]) == [picture])
    }

    @Test("Classes that a destination does not name are not sent where one of its own was made")
    func unnamedClasses() {
        let made = [Rendition(sopClass: basic), Rendition(sopClass: enhanced)]
        #expect(RenditionPreference(classes: [enhanced]).order(made) == [made[1]])
    }

    @Test("Several documents of one kind are several documents")
    func severalOfAKind() {
        #expect(Document(.segmentation, of: .image(first)) != Document(.segmentation, of: .image(second)))
        #expect(Document(.presentationState, of: .image(first)).description == "presentation state of 1.2.3.1")
    }

    @Test("A language tag is compared without regard to case", arguments: ["", "-", "1en", "e n", "dé"])
    func languageTags(_ wrong: String) {
        #expect(LanguageTag("pt-BR") == LanguageTag("PT-br"))
        #expect(LanguageTag(wrong) == nil)
    }
}
