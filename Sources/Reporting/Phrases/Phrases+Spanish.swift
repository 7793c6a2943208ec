import DICOM
import Diagnosis

extension Phrases {
    static let spanish = Phrases(
        language: CodedEntry("es", "RFC5646", "Spanish"),
        classNames: [
            .normal: "Normal", .lungOpacity: "Opacidad pulmonar",
            .viralPneumonia: "Sospecha de neumonía viral", .covid19: "Sospecha de COVID-19",
            .nonCovid: "Sin sospecha de COVID-19",
        ],
        review: "Revisión necesaria",
        triageNames: [.immediate: "inmediato", .urgent: "urgente", .expedited: "acelerado", .routine: "rutina"],
        notTriaged: "sin triaje",
        reasons: [
            .bodyPart: "la región anatómica indicada no es la del modelo",
            .view: "la proyección indicada no es la del modelo",
            .age: "la edad está fuera del ámbito del modelo",
            .notAChestRadiograph: "la imagen no parece una radiografía frontal de tórax",
            .torn: "una parte de la imagen es ruido; sus datos pueden estar dañados",
            .inverted: "los niveles de gris parecen invertidos",
            .turned: "la imagen parece girada",
            .mirrored: "la imagen parece reflejada, o el corazón está a la derecha",
            .sidesContradicted:
                "los lados indicados contradicen la imagen: reflejada, otro lado, o corazón a la derecha",
            .lungsNotFound: "pulmones no encontrados",
            .lungsImplausible: "los pulmones encontrados no son plausibles",
            .lowProbability: "ninguna clase es bastante probable",
            .lowAgreement: "las partes de la imagen no concuerdan en la clase",
            .textureConflict: "la textura contradice la clase",
            .outOfDistribution: "la imagen no se parece a las que el modelo conoce",
            .noClassesForModality: "el modelo no tiene clases para esta modalidad",
            .undecodable: "la imagen no se puede decodificar",
            .notAnalysable: "no se pudo analizar ninguna imagen del estudio; cada una figura con su motivo",
        ],
        qualityGrades: [.good: "buena", .poor: "mala", .unusable: "inservible"],
        defects: [
            .undecodable: "no se puede decodificar", .torn: "una parte es ruido",
            .fewGreyLevels: "pocos niveles de gris en los pulmones",
            .clipped: "una parte de los pulmones está en negro o blanco",
        ],
        noCTClasses: "el modelo no tiene clases para TC",
        rightLung: "pulmón derecho", leftLung: "pulmón izquierdo",
        sentences: Sentences(
            subject: { "\($2 ? "Serie de TC" : "Imagen") \($0) de \($1)\($3): " },
            classified: { "\($0), confianza \($1)." },
            reviewNeeded: { "Es necesaria la revisión por radiología: \($0)." },
            triage: { "Nivel de triaje \($0) de 4 (\($1))." },
            notTriaged: "Sin triaje: sin una clase no se dice nada sobre la urgencia.",
            revision: { "Revisión \($0): sustituye al informe anterior de este estudio." },
            superseded: {
                "Sustituido el \($0) por la revisión \($1), cuyos resultados están en las series \($2). Ya no es válido."
            },
            knows: { "El modelo solo distingue: \($0)." },
            normalMeans: "\"Normal\" significa aquí ninguna de las demás; no dice nada de otras enfermedades.",
            record: {
                """
                De \($0) imágenes de prueba este modelo clasificó bien el \($1) (intervalo del 95%: \($2) a \($3)); de las \
                que clasificó como "\($4)", el \($5).
                """
            },
            activation: { "La activación marca \($0) de los pulmones; no es la extensión de una enfermedad." },
            lungVolume: { "Volumen pulmonar en las imágenes \($0) mL." },
            slicesMissing: "Faltan cortes en los pulmones; por eso no se indica su volumen.",
            involvement: { "\($0) del volumen pulmonar tiene la densidad de un pulmón poco aireado, vasos incluidos." },
            noContour: "No se pudo trazar ningún contorno pulmonar; por eso no se midió nada en él.",
            quality: { "Calidad técnica de la imagen: \($0) (\($1))." },
            lungFields: "Los contornos son los pulmones tal como los dibuja la red.",
            sidesPresumed: "Una imagen no indica sus lados; derecha e izquierda se suponen.",
            notChosen: {
                $0 == 1
                    ? "1 imagen del estudio no se analizó; se lista con su motivo."
                    : "\($0) imágenes del estudio no se analizaron; se listan con su motivo."
            },
            algorithm: { "Hecho por Hilum con el modelo \($0), versión \($1)." },
            researchUse: "Uso en investigación, no es un diagnóstico, no sirve para posponer exámenes."),
        picture: PictureWords(
            confidence: "Confianza", probabilities: "Probabilidad de cada clase", triage: "Nivel de triaje",
            reasons: "Motivos de revisión", activation: "Activación",
            noActivation: "Sin mapa de activación", noProbabilities: "El clasificador no se ejecutó",
            noLungs: "Sin contornos pulmonares", activationShare: "Activación, parte de los pulmones",
            agreementOfPatches: "Acuerdo de los recortes", agreementOfSlices: "Acuerdo de los cortes",
            lungArea: "Área pulmonar", lungVolume: "Volumen pulmonar",
            slicesMissing: "faltan cortes", involvement: "Pulmón denso, parte del volumen",
            quality: "Calidad de imagen",
            cleanImage: "Imagen sin marcas", mostUrgent: { "Lo más urgente del estudio: imagen \($0), \($1)" },
            sidesUnknown: "lados no indicados", sidesPresumed: "lados no indicados; derecha e izquierda supuestas",
            notAnalysed: "No analizado", born: "nac.", revision: "revisión", made: "hecho",
            noName: "Nombre no indicado",
            research: "INVESTIGACIÓN - NO ES UN DIAGNÓSTICO", shareOfImage: { "\($0) de la imagen" },
            image: { "Imagen \($0) de \($1)" },
            slice: { "Corte \($0) de \($1)" }))
}
