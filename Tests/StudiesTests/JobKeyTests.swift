import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Reporting
import Testing

@testable import Studies

@Suite("Job keys and derived UIDs (design §3.4)")
struct JobKeyTests {
    private let study = UID(known: "1.2.3")

    private func key(
        study: UID? = nil, digests: [String] = ["aa", "bb"], bundle: String = "cc", settings: String = "dd"
    ) -> JobKey {
        JobKey(study: study ?? self.study, objectDigests: digests, bundleDigest: bundle, settingsDigest: settings)
    }

    @Test func theOrderOfObjectsAndRepeatsOfOneDoNotMatter() {
        #expect(key(digests: ["aa", "bb"]) == key(digests: ["bb", "aa", "bb"]))
    }

    @Test func everyPartOfTheKeyMatters() {
        let keys = [
            key(), key(study: UID(known: "1.2.4")), key(digests: ["aa"]), key(bundle: "x"), key(settings: "x"),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func aKeyIsReadBackFromItsTextOnly() {
        #expect(JobKey(key().string) == key())
        #expect(JobKey("short") == nil)
        #expect(JobKey(String(repeating: "G", count: 64)) == nil)
    }

    @Test(.enabled(if: Tool.python != nil))
    func derivedUIDsAreThoseOfPythonsUUID5() throws {
        let script = """
            import uuid
            n = uuid.UUID(bytes=bytes.fromhex("3d8e5a1470c14b0f9a6652d71eb30c98"))
            for name in ("a", "job x sr en", "ü"): print("2.25." + str(uuid.uuid5(n, name).int))
            """
        let output = try #require(Tool.python).run(["-c", script], environment: ["PYTHONUTF8": "1"])
        let expected = output.standardOutput.split(separator: "\n").map(String.init)
        #expect(["a", "job x sr en", "ü"].map { DerivedUID.make(from: $0).string } == expected)
    }

    @Test func kindLanguageDeviceAndDateKeepUIDsApart() {
        func identity(device: String = "2.25.7", seconds: Double = 1_700_000_000) -> JobIdentity {
            JobIdentity(
                key: key(), date: Date(timeIntervalSince1970: seconds), deviceUID: UID(device)!,
                softwareVersion: "test")
        }
        let uids = [
            DerivedUID.make(job: identity(), kindKey: "sr", language: "en"),
            DerivedUID.make(job: identity(), kindKey: "sr", language: "de"),
            DerivedUID.make(job: identity(), kindKey: "picture", language: "en"),
            DerivedUID.make(job: identity(device: "2.25.8"), kindKey: "sr", language: "en"),
            DerivedUID.make(job: identity(seconds: 1_700_000_001), kindKey: "sr", language: "en"),
        ]
        #expect(Set(uids).count == 5)
        #expect(uids.allSatisfy { $0.string.utf8.count <= 64 })
        #expect(DerivedUID.make(job: identity(), kindKey: "sr", language: "en") == uids[0])
    }

    @Test func settingsThatChangeResultsChangeTheirDigest() {
        let settings = [
            AnalysisSettings(), AnalysisSettings(reports: [.basicText]), AnalysisSettings(picture: false),
            AnalysisSettings(language: "de"), AnalysisSettings(patches: .random(count: 100, seed: 1)),
            AnalysisSettings(patches: .random(count: 100, seed: 2)), AnalysisSettings(timeZone: "Europe/Berlin"),
        ]
        #expect(Set(settings.map(\.digest)).count == settings.count)
        #expect(AnalysisSettings().digest == AnalysisSettings().digest)
    }
}
