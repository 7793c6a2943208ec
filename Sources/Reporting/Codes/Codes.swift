import DICOM

/// The standard codes that reports use, by scheme.
enum Codes {
    /// PS3.16 Annex D.
    enum DCM {
        static func code(_ value: String, _ meaning: String) -> CodedEntry { CodedEntry(value, "DCM", meaning) }

        static let imagingMeasurementReport = code("126000", "Imaging Measurement Report")
        static let language = code("121049", "Language of Content Item and Descendants")
        static let observerType = code("121005", "Observer Type")
        static let device = code("121007", "Device")
        static let deviceObserverUID = code("121012", "Device Observer UID")
        static let deviceObserverName = code("121013", "Device Observer Name")
        static let deviceObserverManufacturer = code("121014", "Device Observer Manufacturer")
        static let deviceObserverModel = code("121015", "Device Observer Model Name")
        static let procedureReported = code("121058", "Procedure reported")
        static let imageLibrary = code("111028", "Image Library")
        static let imageLibraryGroup = code("126200", "Image Library Group")
        static let modality = code("121139", "Modality")
        static let targetRegion = code("123014", "Target Region")
        static let pixelDataRows = code("110910", "Pixel Data Rows")
        static let pixelDataColumns = code("110911", "Pixel Data Columns")
        static let imagingMeasurements = code("126010", "Imaging Measurements")
        static let measurementGroup = code("125007", "Measurement Group")
        static let imageRegion = code("111030", "Image Region")
        static let originalSource = code("111040", "Original Source")
        static let sourceOfMeasurement = code("121112", "Source of Measurement")
        static let trackingIdentifier = code("112039", "Tracking Identifier")
        static let trackingUID = code("112040", "Tracking Unique Identifier")
        static let algorithmFamily = code("111000", "Algorithm Family")
        static let algorithmName = code("111001", "Algorithm Name")
        static let algorithmParameters = code("111002", "Algorithm Parameters")
        static let algorithmVersion = code("111003", "Algorithm Version")
        static let algorithmManufacturer = code("122405", "Algorithm Manufacturer")
        static let artificialIntelligence = code("123110", "Artificial Intelligence")
        static let findings = code("121070", "Findings")
        static let finding = code("121071", "Finding")
        static let conclusions = code("121076", "Conclusions")
        static let conclusion = code("121077", "Conclusion")
        static let certaintyOfFinding = code("111012", "Certainty of Finding")
        static let probability = code("122157", "Probability")
        static let abnormalOpacity = code("112033", "Abnormal opacity")
        static let derivation = code("121401", "Derivation")
        static let summaryOfAnalyses = code("111065", "Summary of Analyses")
        static let succeeded = code("111222", "Succeeded")
        static let partiallySucceeded = code("111223", "Partially Succeeded")
        static let failed = code("111224", "Failed")
        static let notAttempted = code("111225", "Not Attempted")
        static let keyObjectDescription = code("113012", "Key Object Description")
        static let imageQuality = code("111101", "Image Quality")
        static let goodImageQuality = code("122741", "Good image quality")
        static let poorImageQuality = code("122742", "Poor image quality")
        static let unusableImage = code("111235", "Unusable - Quality renders image unusable")
        static let processingEquipment = code("109102", "Processing Equipment")
    }

    /// SNOMED CT, the codes that DICOM licenses.
    enum SCT {
        static func code(_ value: String, _ meaning: String) -> CodedEntry { CodedEntry(value, "SCT", meaning) }

        static let normal = code("17621005", "Normal")
        static let abnormal = code("263654008", "Abnormal")
        static let suspectedCOVID19 = code("840544004", "Suspected COVID-19")
        static let priority = code("260870009", "Priority")
        static let findingSite = code("363698007", "Finding Site")
        static let laterality = code("272741003", "Laterality")
        static let lung = code("39607008", "Lung")
        static let thorax = code("51185008", "Chest")
        static let right = code("24028007", "Right")
        static let left = code("7771000", "Left")
        static let bilateral = code("51440002", "Bilateral")
        static let area = code("42798000", "Area")
        static let volume = code("118565006", "Volume")
        static let mean = code("373098007", "Mean")
        static let yes = code("373066001", "Yes")
        static let no = code("373067005", "No")
    }

    /// Units of measurement (PS3.16 CID 82).
    enum UCUM {
        static func code(_ value: String, _ meaning: String) -> CodedEntry { CodedEntry(value, "UCUM", meaning) }

        static let percent = code("%", "Percent")
        static let squareMillimetre = code("mm2", "square millimeter")
        static let millilitre = code("mL", "milliliter")
        static let noUnits = code("1", "no units")
        static let pixels = code("{pixels}", "pixels")
    }

    /// LOINC.
    enum LN {
        static let diagnosticImagingReport = CodedEntry("18748-4", "LN", "Diagnostic imaging report")
        /// PS3.16 CID 100, which names no part of the body for these two.
        static let radiography = CodedEntry("43468-8", "LN", "XR unspecified body region")
        static let ct = CodedEntry("25045-6", "LN", "CT unspecified body region")
    }

    /// The Unified Medical Language System, where TID 1500 takes a concept from it.
    enum UMLS {
        static let qualitativeEvaluations = CodedEntry("C0034375", "UMLS", "Qualitative Evaluations")
    }
}
