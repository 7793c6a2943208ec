"""Gives odd files to `hilum` and writes what came of each, beside what is right, to TABLE.md beside this script.

    .venv/bin/python Conformance/cases/make_table.py .build/release/hilum FOLDER

FOLDER holds small files of the kinds that people report to other programs' makers: irregular CT series, contradictory
lookup tables, constant images, bytes behind the data set and others. The exit status is 1 when one comes out wrong.
"""
import csv, json, subprocess, sys, tempfile
from pathlib import Path

import numpy as np
from PIL import Image

SECONDS = 300


class Cases:
    def __init__(self, program, folder, work):
        self.program, self.folder, self.work = program, folder, work
        self.rows, self.wrong = [], 0

    def run(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS)

    def analyse(self, name):
        """The lines for a file or folder, and what was complained of."""
        run = self.run("analyze", self.folder / name, "--json")
        return [json.loads(line) for line in run.stdout.splitlines()], run.stderr.strip()

    def pictures(self, name):
        """Grey levels of every picture made of a file or folder, by the source's name."""
        output = self.work / name.replace("/", "_")
        kind = "cr" if name.endswith(".png") else "png"
        source = self.folder / name
        if kind == "cr":
            made = self.work / (output.name + "-cr")
            self.run("convert", source, "--to", "cr", "--output", made)
            source = made
        self.run("convert", source, "--to", "png", "--names", "source", "--output", output)
        return {p.stem: np.asarray(Image.open(p).convert("L")).astype(int) for p in sorted(output.rglob("*.png"))}

    def picture(self, name):
        return next(iter(self.pictures(name).values()), None)

    def note(self, name, right, outcome, is_right):
        self.rows.append(f"| `{name}` | {right} | {outcome}{'' if is_right else ' **(wrong)**'} |")
        self.wrong += not is_right

    # Kinds of cases

    def volume(self, name, right, tolerance):
        lines, complaint = self.analyse(name)
        volumes = [line["lungVolume"] for line in lines]
        complete = [line["lungVolumeComplete"] for line in lines]
        is_right = len(volumes) == 1 and volumes[0] is not None and abs(volumes[0] / right - 1) <= tolerance
        said = ", ".join("no volume" if v is None else f"{v:.0f} mL" for v in volumes) or complaint
        self.note(name, f"{right} mL ± {tolerance:.0%}", f"{said}, complete: {complete}", is_right)

    def review(self, name, right="review", *reasons):
        lines, complaint = self.analyse(name)
        outcomes = [line["outcome"] for line in lines]
        found = sorted({reason for line in lines for reason in line["reasons"]})
        is_right = bool(lines) and all(outcome == "review" for outcome in outcomes)
        is_right = is_right and (not reasons or any(reason in found for reason in reasons))
        self.note(name, right, f"{', '.join(outcomes)}: {', '.join(found)}" if lines else complaint, is_right)

    def same_finding(self, name, other):
        """Class and level as another file's, or review."""
        ours, theirs = self.analyse(name)[0], self.analyse(other)[0]
        said = [f"{line['outcome']}, level {line['triage']}" for line in ours + theirs]
        is_right = len(said) == 2 and (said[0] == said[1] or ours[0]["outcome"] == "review")
        self.note(name, f"class and level of `{other}`, or review", " / ".join(said), is_right)

    def same_picture(self, name, other, most=0):
        ours, theirs = self.picture(name), self.picture(other)
        difference = None if ours is None or theirs is None or ours.shape != theirs.shape else np.abs(ours - theirs).max()
        self.note(
            name, f"the picture of `{other}`", f"largest difference {difference}",
            difference is not None and difference <= most)

    def same_but_for_window(self, name, other):
        """A straight line leads from the other picture's grey levels to this one's."""
        ours, theirs = self.picture(name), self.picture(other)
        right = f"the picture of `{other}`, by the percentiles since no VOI is stated"
        if ours is None or theirs is None or ours.shape != theirs.shape or ours.min() == ours.max():
            return self.note(name, right, "no such picture", False)
        line = np.polynomial.Polynomial.fit(theirs.ravel(), ours.ravel(), 1)
        difference = np.abs(line(theirs) - ours).max()
        self.note(name, right, f"largest difference {difference:.1f} from a straight line", difference <= 2)

    def range(self, name, low, high):
        picture = self.picture(name)
        said = "no picture" if picture is None else f"{picture.min()}…{picture.max()}"
        self.note(name, f"picture {low}…{high}", said, said == f"{low}…{high}")

    def read(self, name):
        lines, complaint = self.analyse(name)
        self.note(name, "read", ", ".join(line["outcome"] for line in lines) or complaint, len(lines) == 1)

    def chosen(self, name, file):
        lines, complaint = self.analyse(name)
        said = [Path(line["path"]).name for line in lines]
        self.note(name, f"`{file}` is analysed", ", ".join(said) or complaint, said == [file])

    def converted(self, name, count, named=()):
        output = self.work / name.replace("/", "_")
        run = self.run("convert", self.folder / name, "--to", "png", "--output", output)
        manifest = output / "manifest.csv"
        rows = list(csv.DictReader(manifest.open())) if manifest.exists() else []
        made = [row for row in rows if (output / row["path"]).exists()]
        missing = [word for word in named if word not in run.stdout]
        is_right = len(made) == count and not missing and run.returncode == (0 if count else 1)
        self.note(
            name, f"{count} pictures, whole manifest" + (f", {' and '.join(named)} named" if named else ""),
            f"{len(made)} pictures of {len(rows)} rows, exit status {run.returncode}" + "".join(f", {w} not named" for w in missing),
            is_right)


def main():
    folder = Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as work:
        cases = Cases(sys.argv[1], folder, Path(work))
        cases.volume("ct/base", 1813, 0.01)
        cases.volume("ct/two-acq-offset", 1813, 0.01)
        cases.volume("ct/two-acq-numbers-restart", 1813, 0.01)
        cases.volume("ct/uneven", 2720, 0.02)
        cases.range("lut/lut-right.dcm", 5, 199)
        cases.range("lut/lut-signed-us.dcm", 5, 199)
        cases.same_but_for_window("lut/mlut-signed-us.dcm", "lut/lut-right.dcm")
        cases.same_picture("lut/lut-narrow-8in16.dcm", "lut/lut-right.dcm", most=1)
        for name in ["lut/n-mlut-us-signed.dcm", "lut/n-lut8in16.dcm"]:
            cases.same_finding(name, "lut/n-base.dcm")
        cases.range("flat/flat-zero.dcm", 0, 0)
        cases.review("flat/black.dcm")
        cases.review("flat/white.dcm")
        cases.range("flat/few-bright.dcm", 0, 255)
        cases.review("flat/noise.dcm")
        cases.same_picture("bits/ov-j2k.dcm", "bits/ov-native.dcm")
        cases.read("behind/zeros-2.dcm")
        cases.read("behind/zeros-7.dcm")
        cases.read("un/un-undef-ebe.dcm")
        cases.converted("archive/cd", 3)
        cases.converted("archive/long", 4)
        cases.converted("archive/junk", 0, ["empty.dcm", "more.zip"])
        cases.chosen("dual/bone-first", "std.dcm")
        cases.chosen("dual/std-first", "std.dcm")
        cases.review("chest/v-m1-wrong-label.dcm", "review: polarity")
        for name in ["n-upside", "v-rot90"]:
            cases.review(f"chest/{name}.dcm", "review: orientation")
        cases.review("chest/n-two-in-one.dcm")
        cases.review("chest/hand-said-chest.dcm")
        for name in ["png16/normal-8in16.png", "png16/normal-10in16.png"]:
            cases.same_picture(name, "png16/normal-8.png", most=1)
            cases.same_finding(name, "png16/normal-8.png")
    lines = [
        "# Odd files", "",
        "Written by `make_table.py`: files of the kinds that people report to the makers of other programs, what is right, and",
        "what Hilum makes of them.", "", "| file | right | Hilum |", "|---|---|---|", *cases.rows,
    ]
    Path(__file__).with_name("TABLE.md").write_text("\n".join(lines) + "\n")
    print(f"{len(cases.rows)} cases, {cases.wrong} wrong")
    sys.exit(1 if cases.wrong else 0)


main()
