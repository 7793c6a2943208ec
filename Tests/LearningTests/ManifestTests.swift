import Foundation
import Testing

@testable import Learning

@Suite struct ManifestTests {
    static let file = URL(filePath: "/data/manifest.csv")

    static func manifest(_ text: String) throws -> LabelledManifest { try LabelledManifest(text: text, file: file) }

    @Test("Fields may be quoted, hold commas and line breaks, and end in CR LF")
    func quoting() throws {
        let rows = try Self.manifest(
            "path,class,source,split,group\r\n\"a, \"\"b\"\".jpg\",normal,\"x\ny\",val,\r\n\r\nc.jpg,covid19,z,val,g1"
        ).rows
        #expect(rows.map(\.path) == ["/data/a, \"b\".jpg", "/data/c.jpg"])
        #expect(rows.map(\.source) == ["x\ny", "z"])
        // Without a group an image is one of its own.
        #expect(rows.map(\.group) == ["a, \"b\".jpg", "g1"])
    }

    @Test("A missing column and a line of another length are named")
    func problems() {
        let noSplit = #expect(throws: LabelledManifest.Problem.self) { try Self.manifest("path,class,source\n") }
        #expect(noSplit?.description.contains("no column split") == true)
        let short = #expect(throws: LabelledManifest.Problem.self) {
            try Self.manifest("path,class,source,split\n\"a\nb\",normal,x,val\nc,normal,x\n")
        }
        #expect(short?.description.hasPrefix("/data/manifest.csv:4:") == true)
    }

    static let mixed = """
        path,class,source,split
        1,normal,radiodb,test
        2,covid19,radiodb,test
        3,viral_pneumonia,radiodb_vp,test
        4,lung_opacity,radiodb_lo,test
        5,normal,kermany,test
        6,bacterial_pneumonia,kermany,test
        7,normal,kermany,val
        8,covid19,radiodb_vp,test
        """

    @Test("Paths are relative to the manifest's folder, save those that begin at the root")
    func paths() throws {
        let manifest = try Self.manifest(
            "path,class,source,split,mask_path\na/b.png,n,s,val,../m.png\n/x/y.png,n,s,val,/x/m.png\n")
        #expect(manifest.rows.map { URL(filePath: $0.path).standardizedFileURL.path } == ["/data/a/b.png", "/x/y.png"])
        #expect(
            manifest.rows.compactMap(\.maskPath).map { URL(filePath: $0).standardizedFileURL.path } == [
                "/m.png", "/x/m.png",
            ])
    }

    @Test("A source is parted from a file's name, which alone is none")
    func sources() throws {
        let manifest = try Self.manifest(
            "path,class,source,split\na,n,ct:b (1).png,val\nb,n,c.PNG,val\nc,n,,val\nd,n,v1.2,val\n")
        #expect(manifest.rows.map(\.source) == ["ct", "unnamed", "unnamed", "v1.2"])
    }

    @Test("Images are chosen by split, source and composition; bacterial pneumonia is an opacity")
    func choice() throws {
        let manifest = try Self.manifest(Self.mixed)
        func paths(_ choice: ImageChoice) throws -> [String] {
            try choice.rows(of: manifest).map { String($0.path.dropFirst("/data/".count)) }
        }
        #expect(try paths(ImageChoice(split: "val")) == ["7"])
        #expect(try paths(ImageChoice(split: "test", sources: ["kermany"])) == ["5", "6"])
        #expect(try paths(ImageChoice(split: "test", composition: .paper)) == ["1", "2", "3", "4"])
        #expect(try paths(ImageChoice(split: "test", limit: 2)) == ["2", "6"])
        #expect(try ImageChoice(split: "test", sources: ["kermany"]).rows(of: manifest)[1].name == "lung_opacity")
    }

    @Test("An unknown source and an empty choice are sentences")
    func emptyChoices() throws {
        let manifest = try Self.manifest(Self.mixed)
        #expect(throws: LabelledManifest.Problem.self) { try ImageChoice(split: "train").rows(of: manifest) }
        let unknown = #expect(throws: LabelledManifest.Problem.self) {
            try ImageChoice(split: "test", sources: ["nih"]).rows(of: manifest)
        }
        #expect(unknown?.description.contains("no source nih") == true)
    }
}
