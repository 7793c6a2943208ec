import DICOM
import Diagnosis

extension Phrases {
    static let french = Phrases(
        language: CodedEntry("fr", "RFC5646", "French"),
        classNames: [
            .normal: "Normal", .lungOpacity: "Opacité pulmonaire",
            .viralPneumonia: "Suspicion de pneumonie virale", .covid19: "Suspicion de COVID-19",
            .nonCovid: "Pas de suspicion de COVID-19",
        ],
        review: "Relecture nécessaire",
        triageNames: [.immediate: "immédiat", .urgent: "urgent", .expedited: "accéléré", .routine: "routine"],
        notTriaged: "non trié",
        reasons: [
            .bodyPart: "la région anatomique indiquée n'est pas celle du modèle",
            .view: "l'incidence indiquée n'est pas celle du modèle",
            .age: "l'âge est hors du domaine du modèle",
            .notAChestRadiograph: "l'image ne ressemble pas à une radiographie thoracique de face",
            .torn: "une partie de l'image n'est que du bruit ; ses données sont peut-être endommagées",
            .inverted: "les niveaux de gris semblent inversés",
            .turned: "l'image semble tournée",
            .mirrored: "l'image semble en miroir, ou le coeur est à droite",
            .sidesContradicted: "les côtés indiqués contredisent l'image : en miroir, autre côté, ou coeur à droite",
            .lungsNotFound: "poumons non trouvés",
            .lungsImplausible: "les poumons trouvés ne sont pas plausibles",
            .lowProbability: "aucune classe n'est assez probable",
            .lowAgreement: "les parties de l'image ne s'accordent pas sur la classe",
            .textureConflict: "la texture contredit la classe",
            .outOfDistribution: "l'image ne ressemble pas à celles que le modèle connaît",
            .noClassesForModality: "le modèle n'a pas de classes pour cette modalité",
            .undecodable: "l'image ne peut pas être décodée",
            .notAnalysable: "aucune image de l'examen n'a pu être analysée ; chacune est listée avec sa raison",
        ],
        qualityGrades: [.good: "bonne", .poor: "mauvaise", .unusable: "inutilisable"],
        defects: [
            .undecodable: "elle ne peut pas être décodée", .torn: "une partie est du bruit",
            .fewGreyLevels: "peu de niveaux de gris dans les poumons",
            .clipped: "une partie des poumons est noire ou blanche",
        ],
        noCTClasses: "le modèle n'a pas de classes pour le scanner",
        rightLung: "poumon droit", leftLung: "poumon gauche",
        sentences: Sentences(
            subject: { "\($2 ? "Série de scanner" : "Image") \($0) sur \($1)\($3) : " },
            classified: { "\($0), confiance \($1)." },
            reviewNeeded: { "La relecture par un radiologue est nécessaire : \($0)." },
            triage: { "Niveau de triage \($0) sur 4 (\($1))." },
            notTriaged: "Non trié : sans classe, rien n'est dit de l'urgence.",
            revision: { "Révision \($0) : remplace le compte rendu précédent de cet examen." },
            superseded: {
                "Remplacé le \($0) par la révision \($1), dont les résultats sont dans les séries \($2). N'est plus valable."
            },
            knows: { "Le modèle ne distingue que : \($0)." },
            normalMeans: "« Normal » signifie ici : aucune des autres réponses ; rien n'est dit des autres maladies.",
            record: {
                """
                Sur \($0) images de test, ce modèle en a classé correctement \($1) (intervalle à 95% : \($2) à \($3)) ; de \
                celles qu'il a classées "\($4)", \($5).
                """
            },
            activation: { "L'activation marque \($0) des poumons ; ce n'est pas l'étendue d'une maladie." },
            lungVolume: { "Volume pulmonaire dans les images \($0) mL." },
            slicesMissing: "Des coupes manquent dans les poumons ; leur volume n'est donc pas indiqué.",
            involvement: { "\($0) du volume pulmonaire a la densité d'un poumon peu aéré, vaisseaux compris." },
            noContour: "Aucun contour pulmonaire n'a pu être tracé ; rien n'y a donc été mesuré.",
            quality: { "Qualité technique de l'image : \($0) (\($1))." },
            lungFields: "Les contours sont les poumons tels que le réseau les dessine.",
            sidesPresumed: "Une image n'indique pas ses côtés ; la droite et la gauche sont supposées.",
            notChosen: {
                $0 == 1
                    ? "1 image de l'étude n'a pas été analysée ; elle est listée avec son motif."
                    : "\($0) images de l'étude n'ont pas été analysées ; elles sont listées avec leur motif."
            },
            algorithm: { "Établi par Hilum avec le modèle \($0), version \($1)." },
            researchUse: "Pour la recherche, pas un diagnostic, ne pas utiliser pour différer un examen."),
        picture: PictureWords(
            confidence: "Confiance", probabilities: "Probabilité de chaque classe", triage: "Niveau de triage",
            reasons: "Motifs de relecture", activation: "Activation",
            noActivation: "Pas de carte d'activation", noProbabilities: "Le classificateur n'a pas tourné",
            noLungs: "Pas de contours pulmonaires", activationShare: "Activation, part des poumons",
            agreementOfPatches: "Accord des extraits", agreementOfSlices: "Accord des coupes",
            lungArea: "Surface pulmonaire", lungVolume: "Volume pulmonaire",
            slicesMissing: "coupes manquantes", involvement: "Poumon dense, part du volume",
            quality: "Qualité de l'image",
            cleanImage: "Image sans marques", mostUrgent: { "Le plus urgent de l'étude : image \($0), \($1)" },
            sidesUnknown: "côtés non indiqués", sidesPresumed: "côtés non indiqués ; droite et gauche supposées",
            notAnalysed: "Non analysé", born: "né(e)", revision: "révision", made: "établi",
            noName: "Nom non indiqué",
            research: "RECHERCHE - PAS UN DIAGNOSTIC", shareOfImage: { "\($0) de l'image" },
            image: { "Image \($0) sur \($1)" },
            slice: { "Coupe \($0) sur \($1)" }))
}
