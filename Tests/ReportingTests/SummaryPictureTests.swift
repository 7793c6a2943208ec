import DICOM
import DICOMCore
import Diagnosis
import HilumTesting
import Imaging
import Testing

@testable import Reporting

@Suite struct SummaryPictureTests {
    @Test(
        "dciodvfy finds no error in any encoding", .enabled(if: Judges.dciodvfy != nil),
        arguments: PictureOptions.Encoding.allCases)
    func picturesAreValid(encoding: PictureOptions.Encoding) throws {
        let options = PictureOptions(encoding: encoding, height: 512, framesPerSeries: 3)
        for name in ["covid19", "ct"] {
            let picture = try SummaryPicture.object(Cases.request(name), options: options)
            #expect(try Judges.errors(picture.part10) == [])
        }
    }

    /// Prints what a viewer would decode, and whether it is the second file's bytes.
    private static let decode = """
        import sys, pydicom
        d = pydicom.dcmread(sys.argv[1])
        a = d.pixel_array
        print(d.SOPClassUID.name, d.BurnedInAnnotation, d.ConversionType, d.NumberOfFrames, a.shape,
              a.tobytes() == open(sys.argv[2], 'rb').read(), sep='|')
        """

    @Test(
        "pydicom decodes the rendered pixels from every encoding", .enabled(if: Tool.python != nil),
        arguments: PictureOptions.Encoding.allCases)
    func pixelsSurvive(encoding: PictureOptions.Encoding) throws {
        let request = try Cases.request("ct")
        let pages = try SummaryPicture.render(request, options: PictureOptions(height: 512, framesPerSeries: 3))
        let picture = try SummaryPicture.object(request, pages: pages, encoding: encoding)
        let said = try #require(try Judges.python(Self.decode, [picture.part10, pages.flatMap(\.bytes)]))
        let expected = "Multi-frame True Color Secondary Capture Image Storage|YES|WSD|3|(3, 512, 836, 3)|True\n"
        #expect(said.standardOutput == expected, "\(said.standardError)")
    }

    @Test func aRadiographsPictureHasAtMostAMegabyte() throws {
        for name in ["covid19", "normal", "turned"] {
            let size = try SummaryPicture.object(Cases.request(name)).part10.count
            #expect(size < 1_000_000, "\(name): \(size) bytes")
        }
    }

    @Test func oneRadiographMakesASingleFrame() throws {
        let picture = try SummaryPicture.object(Cases.request("normal"))
        #expect(picture.sopClassUID == SecondaryCapture.singleFrame)
        let data = try DataSet(bytes: picture.part10)
        #expect(data.integer(.rows) == 1024 && data.integer(.columns) == 1672)
        #expect(data.studyInstanceUID == Samples.study)
        #expect(data.string(.seriesDescription)?.contains("research use") == true)
    }

    @Test("A lung field's share says of what it is one")
    func sharesOfTheImageSaySo() throws {
        var request = try Cases.request("covid19")
        for index in request.findings[0].finding.lungs.indices {
            request.findings[0].finding.lungs[index].area = nil
            request.findings[0].finding.lungs[index].share = 0.25
        }
        let page = try #require(PicturePage.pages(of: request, phrases: .of("en"), limit: 1).first)
        #expect(MeasureList(page: page).rows.first?.value == "25% of the image")
    }

    @Test func slicesStandInTheirOrderTheLargestAmongThem() throws {
        let phrases = Phrases.of("en")
        let pages = PicturePage.pages(of: try Cases.request("ct"), phrases: phrases, limit: 3)
        #expect(pages.map(\.image) == [4, 6, 10])
        #expect(pages[1].caption == "Slice 7 of 12")
    }

    @Test func outlinesAndActivationChangeTheImage() throws {
        let small = PictureOptions(height: 512)
        let whole = try SummaryPicture.render(Samples.request([Samples.covid]), options: small)[0]
        var bare = Samples.covid
        bare.finding.lungs = []
        bare.analysis?.images[0].activation = nil
        let without = try SummaryPicture.render(Samples.request([bare]), options: small)[0]
        let changed = zip(whole.bytes, without.bytes).count { $0 != $1 }
        #expect(changed > 5_000)
    }

    /// On a grey-scale monitor too: letters and their ground differ enough in lightness, whatever the level's colour.
    @Test(arguments: TriageLevel.allCases + [nil]) func triageLettersStandOutInGrey(level: TriageLevel?) {
        let colours = PictureStyle.colours(level)
        #expect(abs(colours.fill.luma - colours.text.luma) > 90)
    }

    @Test("Letters stand out from their ground by 4.5 or more (WCAG 2.2, 1.4.3)")
    func contrast() {
        let onBackground = [PictureStyle.text, PictureStyle.secondary, PictureStyle.outline, PictureStyle.warning]
        for colour in onBackground { #expect(colour.contrast(to: PictureStyle.background) >= 4.5) }
        for level in TriageLevel.allCases + [nil] {
            let (fill, text) = PictureStyle.colours(level)
            #expect(text.contrast(to: fill) >= 4.5, "\(String(describing: level)): \(text.contrast(to: fill))")
        }
    }

    @Test("The levels' colours stay apart to colour-blind readers and in grey", arguments: ColourVision.allCases)
    func colourVision(_ vision: ColourVision) {
        let fills = (TriageLevel.allCases + [nil]).map { vision.seen(PictureStyle.colours($0).fill) }
        for (index, one) in fills.enumerated() {
            for other in fills[..<index] { #expect(one.distance(to: other) >= 40, "\(vision): \(one), \(other)") }
        }
        let heat = (0...10).map { vision.seen(ColourMap.heat[Double($0) / 10]).luma }
        #expect(zip(heat, heat.dropFirst()).allSatisfy { $0 < $1 }, "\(heat)")
    }

    @Test("The image stands on the picture as it is, beside the marked one")
    func cleanPanel() throws {
        let small = PictureOptions(height: 512)
        let layout = PictureLayout(scale: 0.5)
        var bare = Samples.covid
        bare.finding.lungs = []
        bare.analysis?.images[0].activation = nil
        func panel(_ finding: ReportedFinding, _ box: PictureLayout.Box) throws -> [UInt8] {
            let picture = try SummaryPicture.render(Samples.request([finding]), options: small)[0]
            let pixels = layout.pixels(box)
            return (pixels.y..<pixels.y + pixels.height).flatMap { row in
                let start = (row * picture.width + pixels.x) * 3
                return picture.bytes[start..<start + pixels.width * 3]
            }
        }
        #expect(try panel(Samples.covid, layout.clean) == panel(bare, layout.clean))
        #expect(try panel(Samples.covid, layout.image) != panel(bare, layout.image))
    }

    @Test("Films stand in the order in which they were taken, each with its view, number and time, the verdict on all")
    func films() throws {
        var urgent = Samples.covid
        urgent.sources[0].label = .init(view: "AP", number: 2, time: "14:05")
        var routine = try Cases.request("normal").findings[0]
        routine.sources[0].label = .init(view: "PA", number: 1, time: "09:30")
        var lateral = urgent.sources[0]
        lateral.label = .init(view: "LL", number: 3)
        let request = try Samples.request(
            [urgent, routine], notChosen: [ImageNotChosen(image: lateral, reason: "not a frontal view (LL)")])
        let pages = PicturePage.pages(of: request, phrases: .of("en"), limit: 1)
        #expect(pages.map(\.index) == [1, 0])
        let captions = pages.map(\.caption)
        #expect(captions == ["Image 1 of 2 · PA · # 1 · 09:30", "Image 2 of 2 · AP · # 2 · 14:05"])
        #expect(
            pages.map(\.verdict) == Array(repeating: "Most urgent of the study: image 2, Suspected COVID-19", count: 2))
        #expect(pages.map(\.notAnalysed) == Array(repeating: ["LL \u{B7} # 3: not a frontal view (LL)"], count: 2))
    }

    @Test("What replaces another report says so on every page; the first report does not")
    func revisions() throws {
        let first = try Samples.request([Samples.covid, Samples.covid])
        let second = try Samples.request([Samples.covid, Samples.covid], predecessors: [Cases.predecessor])
        let pages = { (request: ReportRequest) in PicturePage.pages(of: request, phrases: .of("en"), limit: 1) }
        #expect(pages(first).map(\.revision) == [nil, nil])
        let sentence = "Revision 2: it replaces the earlier report of this study."
        #expect(pages(second).map(\.revision) == [sentence, sentence])
        #expect(try warning(in: second) > warning(in: first) + 200)
    }

    /// Pixels of the panel that are yellow, as warnings are; levels below the panel's first third are left out.
    private func warning(in request: ReportRequest) throws -> Int {
        let layout = PictureLayout(scale: 1)
        let picture = try SummaryPicture.render(request)[0]
        let box = layout.pixels(layout.panel)
        return (box.y..<box.y + 120).reduce(0) { count, row in
            count
                + (box.x..<box.x + box.width).count { column in
                    let start = (row * picture.width + column) * 3
                    return picture.bytes[start] > 150 && picture.bytes[start] - 60 > picture.bytes[start + 2]
                }
        }
    }

    @Test("Normal says what it leaves open, and what is not triaged that nothing is said of urgency")
    func cautions() throws {
        func said(_ finding: ReportedFinding) throws -> [String] {
            let request = try Samples.request([finding])
            return try #require(PicturePage.pages(of: request, phrases: .of("en"), limit: 1).first).cautions
        }
        let sentences = Phrases.of("en").sentences
        let normal = try #require(Samples.classes.first { $0.name == "normal" }).finding
        let turned = try #require(Samples.classes.first { $0.name == "turned" }).finding
        #expect(try said(normal).contains(sentences.normalMeans))
        #expect(try !said(Samples.covid).contains(sentences.normalMeans))
        #expect(try said(turned) == [sentences.notTriaged])
    }

    @Test("Every reason stands whole on the picture, in every language", arguments: ReportLanguage.all)
    func reasonsFit(language: String) {
        let lettering = Lettering(scale: 1)
        let phrases = Phrases.of(language)
        let width = PictureLayout.panelWidth - 18
        for kind in [ImageKind.radiograph, .ct] {
            for reason in ReviewReason.allCases {
                let lines = lettering.wrap(
                    phrases.text(of: reason, for: kind), width: width, size: 16, lines: FindingPanel.linesOfAnItem)
                #expect(lines.allSatisfy { lettering.width($0, size: 16) <= width }, "\(language) \(reason): \(lines)")
            }
        }
    }

    @Test("Where no side is stated the picture says so, readable on any image", arguments: ReportLanguage.all)
    func unknownSides(language: String) throws {
        let white = GreyPlane(width: 120, height: 160, repeating: 255)
        var film = Samples.radiograph(.review, triage: nil, reasons: [.turned], lungs: false, display: white)
        film.sources[0].rowDirection = nil
        let picture = try SummaryPicture.render(Samples.request([film], language: language))[0]
        let box = PictureLayout(scale: 1).image
        // The plate's upper rim, above its letters.
        let dark = (Int(box.x)..<Int(box.right)).count { column in
            let start = ((Int(box.bottom) - 60) * picture.width + column) * 3
            return picture.bytes[start] < 40
        }
        let phrases = Phrases.of(language).picture
        let lettering = Lettering(scale: 1)
        #expect(Double(dark) > lettering.width(phrases.sidesUnknown, size: 15) / 2)
        #expect(lettering.width(phrases.sidesPresumed, size: 15) + 16 < PictureLayout.imageWidth)
    }

    @Test("The picture's corners are free for what viewers write there", arguments: ["covid19", "review", "japanese"])
    func corners(name: String) throws {
        var request = try Cases.request(name)
        request.identity.revision = 3
        let picture = try SummaryPicture.render(request)[0]
        let ground = PictureStyle.background
        let rows = Array(0..<80) + Array(picture.height - 48..<picture.height)
        let columns = Array(0..<300) + Array(picture.width - 300..<picture.width)
        for row in rows {
            let drawn = columns.count { column in
                let start = (row * picture.width + column) * 3
                return picture.bytes[start] != ground.red || picture.bytes[start + 1] != ground.green
                    || picture.bytes[start + 2] != ground.blue
            }
            #expect(drawn == 0, "row \(row)")
        }
    }

    @Test func activationEndsAtTheLungs() throws {
        var covid = Samples.covid
        let whole = try #require(covid.analysis?.images[0].activation)
        var labels = LabelPlane(width: whole.width, height: whole.height, repeating: 0)
        for index in labels.pixels.indices where index.isMultiple(of: 2) { labels.pixels[index] = 1 }
        covid.analysis?.images[0].labels = labels
        let page = try #require(
            PicturePage.pages(of: Samples.request([covid]), phrases: .of("en"), limit: 1).first?.activation)
        #expect(page.pixels.indices.allSatisfy { page.pixels[$0] == (labels.pixels[$0] == 0 ? 0 : whole.pixels[$0]) })
        #expect(page.pixels.contains { $0 > 0 } && page.pixels != whole.pixels)
    }

    @Test("R and L follow Patient Orientation, whatever the network calls right and left", arguments: ["L", "R", nil])
    func sides(_ direction: String?) throws {
        var named = Samples.covid
        named.sources[0].rowDirection = direction
        var crossed = named
        for index in crossed.finding.lungs.indices {
            crossed.finding.lungs[index].side = named.finding.lungs[index].side == .right ? .left : .right
        }
        let small = PictureOptions(height: 512)
        let layout = PictureLayout(scale: 0.5)
        func corners(_ finding: ReportedFinding) throws -> [UInt8] {
            let picture = try SummaryPicture.render(Samples.request([finding]), options: small)[0]
            let box = layout.pixels(layout.image)
            // Above the lungs, whose outlines follow the network.
            return (box.y..<box.y + 60).flatMap { row in
                let start = (row * picture.width + box.x) * 3
                return picture.bytes[start..<start + box.width * 3]
            }
        }
        #expect(try corners(named) == corners(crossed))
        var other = named
        other.sources[0].rowDirection = direction == "L" ? "R" : "L"
        #expect(try corners(named) != corners(other))
    }

    /// The block of the panel: its colour fills more of the picture than anything else in that colour.
    @Test func whatIsNotTriagedHasTheColourOfNoLevel() throws {
        let small = PictureOptions(height: 512)
        func pixels(_ triage: TriageLevel?, of colour: Colour) throws -> Int {
            let finding = Samples.radiograph(.review, triage: triage, reasons: [.bodyPart], lungs: false)
            let bytes = try SummaryPicture.render(Samples.request([finding]), options: small)[0].bytes
            return stride(from: 0, to: bytes.count, by: 3).count {
                Colour(red: bytes[$0], green: bytes[$0 + 1], blue: bytes[$0 + 2]) == colour
            }
        }
        #expect(try pixels(nil, of: PictureStyle.colours(nil).fill) > 3000)
        for level in TriageLevel.allCases {
            #expect(try pixels(nil, of: PictureStyle.colours(level).fill) == 0, "\(level)")
            #expect(try pixels(level, of: PictureStyle.colours(level).fill) > 3000, "\(level)")
        }
    }

    @Test func hostileTextsDrawWithinThePicture() throws {
        let long = String(repeating: "Ω漢字العربية ", count: 12)
        let header = SourceText(
            characterSet: "ISO_IR 192", name: "\(long)^\(long)", id: String(repeating: "9", count: 5000),
            description: long)
        var finding = Samples.radiograph(.review, triage: nil, reasons: ReviewReason.allCases)
        finding.finding.bundle.name = long
        finding.finding.probabilities = (0..<9).map {
            ClassProbability(name: FindingClass(rawValue: "class \($0) \(long)"), probability: .nan)
        }
        let pages = try SummaryPicture.render(Samples.request([finding], header: header))
        #expect(pages[0].width == 1672 && pages[0].height == 1024)
    }

    @Test func impossibleSizesAreRefused() throws {
        let request = try Cases.request("normal")
        #expect(throws: ReportingError.self) {
            try SummaryPicture.render(request, options: PictureOptions(height: 100_000))
        }
    }
}
