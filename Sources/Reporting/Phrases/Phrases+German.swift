import DICOM
import Diagnosis

extension Phrases {
    static let german = Phrases(
        language: CodedEntry("de", "RFC5646", "German"),
        classNames: [
            .normal: "Unauffällig", .lungOpacity: "Verschattung der Lunge",
            .viralPneumonia: "Verdacht auf virale Pneumonie", .covid19: "Verdacht auf COVID-19",
            .nonCovid: "Kein Verdacht auf COVID-19",
        ],
        review: "Ärztliche Sichtung nötig",
        triageNames: [.immediate: "sofort", .urgent: "dringend", .expedited: "beschleunigt", .routine: "Routine"],
        notTriaged: "nicht triagiert",
        reasons: [
            .bodyPart: "für die angegebene Körperregion ist das Modell nicht gemacht",
            .view: "für die angegebene Projektion ist das Modell nicht gemacht",
            .age: "das Alter liegt außerhalb des Bereichs, für den das Modell gemacht ist",
            .notAChestRadiograph: "das Bild sieht nicht wie eine frontale Thoraxaufnahme aus",
            .torn: "ein Teil des Bildes ist Rauschen; seine Daten sind vermutlich beschädigt",
            .inverted: "die Graustufen wirken umgekehrt",
            .turned: "das Bild wirkt gedreht",
            .mirrored: "das Bild wirkt seitenverkehrt, oder das Herz liegt rechts",
            .sidesContradicted:
                "die angegebenen Seiten widersprechen dem Bild: seitenverkehrt, andere Seite oder Herz rechts",
            .lungsNotFound: "Lungen nicht gefunden",
            .lungsImplausible: "die gefundenen Lungen sind nicht plausibel",
            .lowProbability: "keine Klasse ist wahrscheinlich genug",
            .lowAgreement: "Teile des Bildes sprechen für verschiedene Klassen",
            .textureConflict: "die Textur widerspricht der Klasse",
            .outOfDistribution: "das Bild gleicht keinem, das das Modell kennt",
            .noClassesForModality: "das Modellpaket hat keine Klassen für diese Modalität",
            .undecodable: "das Bild kann nicht dekodiert werden",
            .notAnalysable: "kein Bild der Studie konnte ausgewertet werden; jedes steht mit seinem Grund in der Liste",
        ],
        qualityGrades: [.good: "gut", .poor: "schlecht", .unusable: "unbrauchbar"],
        defects: [
            .undecodable: "es lässt sich nicht dekodieren", .torn: "ein Teil ist Rauschen",
            .fewGreyLevels: "wenige Graustufen in den Lungen",
            .clipped: "ein Teil der Lungen ist schwarz oder weiß",
        ],
        noCTClasses: "das Modellpaket hat keine CT-Klassen",
        rightLung: "rechte Lunge", leftLung: "linke Lunge",
        sentences: Sentences(
            subject: { "\($2 ? "CT-Serie" : "Bild") \($0) von \($1)\($3): " },
            classified: { "\($0), Konfidenz \($1)." },
            reviewNeeded: { "Sichtung durch eine Radiologin oder einen Radiologen ist nötig: \($0)." },
            triage: { "Triagestufe \($0) von 4 (\($1))." },
            notTriaged: "Nicht triagiert: Ohne Klasse wird über die Dringlichkeit nichts ausgesagt.",
            revision: { "Revision \($0): ersetzt den früheren Bericht dieser Studie." },
            superseded: {
                "Am \($0) ersetzt durch Revision \($1), deren Ergebnisse in den Serien \($2) stehen. Gilt nicht mehr."
            },
            knows: { "Das Modell unterscheidet nur: \($0)." },
            normalMeans: "\"Unauffällig\" heißt hier: keines der anderen; über andere Krankheiten sagt es nichts.",
            record: {
                """
                Von \($0) Testbildern beurteilte dieses Modell \($1) richtig (95%-Intervall \($2) bis \($3)), von denen, die es \
                "\($4)" nannte, \($5).
                """
            },
            activation: { "Die Klassenaktivierung markiert \($0) der Lungen; das ist kein Maß der Ausdehnung." },
            lungVolume: { "Lungenvolumen in den Bildern \($0) mL." },
            slicesMissing: "In den Lungen fehlen Schichten; ihr Volumen wird daher nicht angegeben.",
            involvement: { "\($0) des Lungenvolumens sind so dicht wie luftarme Lunge, Gefäße eingerechnet." },
            noContour: "Es konnte keine Lungenkontur gezeichnet werden; darin wurde also nichts gemessen.",
            quality: { "Technische Bildqualität: \($0) (\($1))." },
            lungFields: "Die Konturen sind die Lungen, wie das Netz sie zeichnet.",
            sidesPresumed: "Ein Bild nennt seine Seiten nicht; rechts und links sind angenommen.",
            notChosen: {
                $0 == 1
                    ? "1 Bild der Studie wurde nicht ausgewertet; es ist mit Grund aufgeführt."
                    : "\($0) Bilder der Studie wurden nicht ausgewertet; sie sind mit Grund aufgeführt."
            },
            algorithm: { "Erstellt von Hilum mit Modellpaket \($0), Version \($1)." },
            researchUse: "Nur für die Forschung, keine Diagnose, nicht zum Zurückstellen von Untersuchungen."),
        picture: PictureWords(
            confidence: "Konfidenz", probabilities: "Wahrscheinlichkeit je Klasse", triage: "Triagestufe",
            reasons: "Gründe für die Sichtung", activation: "Aktivierung",
            noActivation: "Keine Aktivierungskarte", noProbabilities: "Der Klassifikator lief nicht",
            noLungs: "Keine Lungenkonturen", activationShare: "Aktivierung, Anteil der Lungen",
            agreementOfPatches: "Übereinstimmung der Ausschnitte",
            agreementOfSlices: "Übereinstimmung der Schichten", lungArea: "Lungenfläche",
            lungVolume: "Lungenvolumen", slicesMissing: "Schichten fehlen",
            involvement: "Dichte Lunge, Anteil am Volumen",
            quality: "Bildqualität",
            cleanImage: "Bild ohne Markierungen",
            mostUrgent: { "Am dringlichsten in dieser Studie: Bild \($0), \($1)" },
            sidesUnknown: "Seiten nicht angegeben",
            sidesPresumed: "Seiten nicht angegeben; rechts und links angenommen", notAnalysed: "Nicht ausgewertet",
            born: "geb.", revision: "Revision", made: "erstellt",
            noName: "Name nicht angegeben",
            research: "NUR FORSCHUNG - KEINE DIAGNOSE", shareOfImage: { "\($0) des Bildes" },
            image: { "Bild \($0) von \($1)" },
            slice: { "Schicht \($0) von \($1)" }))
}
