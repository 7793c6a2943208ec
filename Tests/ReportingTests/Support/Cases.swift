import DICOMCore
import Diagnosis

@testable import Reporting

/// Requests that every judge has to accept, by name.
enum Cases {
    static let names = builders.map(\.0)

    static func request(_ name: String) throws -> ReportRequest {
        guard let make = builders.first(where: { $0.0 == name })?.1 else { throw ReportingError.request(name) }
        return try make()
    }

    static let latin1 = SourceText(
        characterSet: "ISO_IR 100", name: "Müller^Jörg", description: "Thorax p.a., übersichtlich")
    static let arabic = SourceText(characterSet: "ISO_IR 127", name: "قباني^لنزار")
    /// Yamada Tarou as PS3.5 Annex H.3.1 writes it.
    static let japanese = SourceText(
        characterSet: "\\ISO 2022 IR 87", name: nil,
        nameBytes: Array("Yamada^Tarou=\u{1B}$B;3ED\u{1B}(B^\u{1B}$BB@O:\u{1B}(B".utf8))
    /// Müller^Jörg in ISO_IR 100, which is not said.
    static let unexplained = SourceText(
        name: nil, nameBytes: [0x4D, 0xFC] + Array("ller^J".utf8) + [0xF6] + Array("rg".utf8))
    static let nameless = SourceText(name: nil, id: nil, birthDate: nil, sex: nil, description: nil, accession: nil)
    static let predecessor = InstanceReference(
        sopClassUID: ReportClass.comprehensive3D.sopClassUID, sopInstanceUID: UID(known: "2.25.41"),
        seriesInstanceUID: UID(known: "2.25.42"))
    static let lateral = ImageNotChosen(
        image: SourceImage(
            sopClassUID: Samples.dxClass, sopInstanceUID: SourceObjects.instance(Samples.seriesDX, "2"),
            seriesInstanceUID: Samples.seriesDX, modality: "DX", rows: 14, columns: 12), reason: "lateral view")

    private typealias Builder = @Sendable () throws -> ReportRequest

    private static let builders = classes + others

    private static let classes: [(String, Builder)] = Samples.classes.map { name, finding in
        (name, { @Sendable in try Samples.request([finding]) })
    }

    private static let others: [(String, Builder)] = [
        ("ct", { try Samples.request([Samples.ct()]) }),
        ("ct_covid", { try Samples.request([Samples.ct(.classified(.covid19), reasons: [])]) }),
        (
            "several",
            {
                let opacity = Samples.radiograph(
                    .classified(.lungOpacity), probabilities: [0.05, 0.86, 0.05, 0.04], triage: .expedited,
                    instance: "3")
                return try Samples.request([Samples.covid, opacity, Samples.ct()], notChosen: [lateral])
            }
        ),
        ("latin1", { try Samples.request([Samples.covid], header: latin1) }),
        ("latin1, German", { try Samples.request([Samples.covid], header: latin1, language: "de") }),
        ("arabic, French", { try Samples.request([Samples.covid], header: arabic, language: "fr") }),
        ("japanese", { try Samples.request([Samples.covid], header: japanese) }),
        ("japanese, Spanish", { try Samples.request([Samples.covid], header: japanese, language: "es") }),
        ("unexplained", { try Samples.request([Samples.covid], header: unexplained) }),
        ("unexplained, German", { try Samples.request([Samples.covid], header: unexplained, language: "de") }),
        ("nameless", { try Samples.request([Samples.covid], header: nameless) }),
        (
            "requested",
            {
                try Samples.request([Samples.covid], header: SourceText(isRequested: true, timezone: "+0200"))
            }
        ),
        ("revision", { try Samples.request([Samples.covid], predecessors: [predecessor]) }),
    ]
}
