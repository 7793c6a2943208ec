"""Many pictures on one page, each with what was sent and what was said of it."""
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/noto/NotoSans-{}.ttf"
PAPER, INK, QUIET = (255, 255, 255), (20, 24, 28), (90, 98, 106)


def letters(size, weight="Regular"):
    return ImageFont.truetype(FONT.format(weight), size)


def sheet(entries, columns=3, width=800, margin=20):
    """`entries`: (path of a PNG, what was sent, what was said)."""
    first = Image.open(entries[0][0])
    height = width * first.height // first.width
    cell = (width + margin, height + 52 + margin)
    rows = -(-len(entries) // columns)
    page = Image.new("RGB", (columns * cell[0] + margin, rows * cell[1] + margin), PAPER)
    draw = ImageDraw.Draw(page)
    for index, (path, sent, said) in enumerate(entries):
        x, y = margin + index % columns * cell[0], margin + index // columns * cell[1]
        draw.text((x, y), f"sent: {sent}", INK, letters(17, "Bold"))
        draw.text((x, y + 24), f"said: {said}", QUIET, letters(15))
        picture = Image.open(path).convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
        page.paste(picture, (x, y + 50))
    return page


def save(page, path, limit):
    """In 256 colours, the levels' own among them, which a median cut would lose to the many greys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > limit:
        raise SystemExit(f"pictures: {path} has {path.stat().st_size} bytes, more than {limit}")
