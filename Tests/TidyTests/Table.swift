/// Who may import whom (docs/ARCHITECTURE.md): an arrow may only point down the list.
enum Table {
    struct Row {
        let target: String
        /// Targets of this package.
        let mayImport: Set<String>
        /// Modules of other packages.
        let external: Set<String>

        init(_ target: String, _ mayImport: Set<String>, external: Set<String> = []) {
            self.target = target
            self.mayImport = mayImport
            self.external = external
        }
    }

    static let rows: [Row] = [
        Row(
            "hilum",
            [
                "Operations", "GatewayAnalysis", "Gateway", "GatewayStore", "Studies", "Workflow", "Reporting",
                "Learning", "Diagnosis",
                "NeuralNetworks", "Texture", "Imaging", "DICOM", "DIMSE", "DICOMCore",
            ],
            external: ["ArgumentParser", "ServiceLifecycle", "Logging", "Crypto"]),
        Row(
            "Operations", ["Gateway", "GatewayStore", "Workflow", "DICOMCore"],
            external: ["Hummingbird", "HummingbirdCore", "CoreMetrics", "NIOCore", "ServiceLifecycle", "Logging"]),
        Row(
            "GatewayAnalysis",
            [
                "Gateway", "GatewayStore", "Studies", "Workflow", "Reporting", "Diagnosis", "NeuralNetworks", "DICOM",
                "DIMSE", "DICOMCore",
            ]),
        Row(
            "Gateway", ["GatewayStore", "Workflow", "DIMSE", "DICOMCore"],
            external: ["NIOCore", "ServiceLifecycle", "UnixSignals", "Logging", "CoreMetrics", "Yams", "Crypto"]),
        Row("GatewayStore", ["Workflow", "DICOMCore"], external: ["GRDB", "Crypto"]),
        Row("Studies", ["Workflow", "Reporting", "Diagnosis", "DICOM", "Imaging", "DICOMCore"], external: ["Crypto"]),
        Row("Workflow", ["DICOMCore"]),
        Row("Reporting", ["Diagnosis", "DICOM", "Imaging", "DICOMCore"]),
        Row("Learning", ["Diagnosis", "NeuralNetworks", "Texture", "Imaging"]),
        Row("Diagnosis", ["NeuralNetworks", "Texture", "Imaging"], external: ["Yams", "Crypto"]),
        Row("NeuralNetworks", ["CKernels", "COpenBLAS"]),
        Row("Texture", ["Imaging", "CKernels"]),
        Row("Imaging", ["CKernels", "CTurboJPEG", "CPNG", "CFreeType"]),
        Row("DICOM", ["DICOMCore", "CDCMTK"]),
        Row("DIMSE", ["DICOMCore"], external: ["NIOCore", "NIOPosix", "NIOConcurrencyHelpers", "NIOSSL", "Logging"]),
        Row("DICOMCore", ["CZlib"]),
        Row("CDCMTK", []),
        Row("CKernels", []),
        Row("COpenBLAS", []),
        Row("CTurboJPEG", []),
        Row("CPNG", []),
        Row("CFreeType", []),
        Row("CZlib", []),
        Row("HilumTesting", ["DICOMCore"]),
    ]

    /// Part of the toolchain.
    static let standard: Set<String> = [
        "Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin", "Testing",
        "XCTest", "Swift",
    ]
}
