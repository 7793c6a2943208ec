"""The picture of roofline.py, as SVG."""

import html
import math

COLOURS = {
    "pointwise": "#0072B2", "winograd": "#D55E00", "winogradnarrow": "#E69F00", "direct": "#009E73", "stem": "#CC79A7",
    "transposed": "#7A5BC7",
}
WORDS = {
    "pointwise": "1×1", "winograd": "Winograd, in three stages", "winogradnarrow": "Winograd, tile by tile",
    "direct": "direct", "stem": "first layer", "transposed": "transposed",
}
# Of F(4×4, 3×3): 36 products for what the definition does with 144.
WINOGRAD_SAVES = 4
# Share of the time from which a kind of layer is named.
NAMED_FROM = 0.06
INK, FAINT, GRID = "#222222", "#666666", "#e4e4e4"
WIDTH, HEIGHT = 1240, 680
PANEL_WIDTH, PANEL_HEIGHT, LEFT, TOP, GAP = 530, 440, 70, 60, 80


def text(x, y, words, size=13, anchor="start", colour=INK, turn=0, weight="normal"):
    turned = f' transform="rotate({turn:.2f} {x:.1f} {y:.1f})"' if turn else ""
    # A white edge keeps words legible where they cross a line.
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
            f'font-weight="{weight}" paint-order="stroke" stroke="#ffffff" stroke-width="4" stroke-linejoin="round"'
            f'{turned}>{html.escape(words)}</text>')


def line(x1, y1, x2, y2, colour=INK, width=1.0, dashes=""):
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"{dashed}/>')


def circle(x, y, r, colour, opacity=0.55, told=""):
    title = f"<title>{html.escape(told)}</title>" if told else ""
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{colour}" fill-opacity="{opacity}" stroke="{colour}">'
            f"{title}</circle>")


class Scale:
    """A logarithmic axis between two places."""

    def __init__(self, least, most, start, end):
        self.least, self.most, self.start, self.end = least, most, start, end

    def __call__(self, value):
        part = math.log(value / self.least) / math.log(self.most / self.least)
        return self.start + part * (self.end - self.start)

    def ticks(self):
        decades = range(math.floor(math.log10(self.least)), math.ceil(math.log10(self.most)) + 1)
        values = [step * 10.0**decade for decade in decades for step in (1, 2, 5)]
        return [value for value in values if self.least * 0.999 <= value <= self.most * 1.001]

    @property
    def per_decade(self):
        return (self.end - self.start) / math.log10(self.most / self.least)


def round_out(values, steps=(1, 2, 5)):
    """The nearest round numbers below and above."""
    numbers = [step * 10.0**decade for decade in range(-3, 7) for step in steps]
    return (max(n for n in numbers if n <= min(values)), min(n for n in numbers if n >= max(values)))


class Panel:
    def __init__(self, title, layers, limits, left, x_range, y_range):
        self.title, self.limits = title, limits
        self.total = sum(layer.seconds for layer in layers)
        # What multiplies nothing has no place here, but its time counts.
        self.points = [layer for layer in layers if layer.operations]
        self.x = Scale(*x_range, left, left + PANEL_WIDTH)
        self.y = Scale(*y_range, TOP + PANEL_HEIGHT, TOP)

    def draw(self):
        yield text(self.x.start, TOP - 18, self.title, 16, weight="bold")
        yield from self.axes()
        yield from self.roofs()
        for layer in sorted(self.points, key=lambda layer: -layer.seconds):
            told = f"{layer.name}: {layer.seconds * 1000:.2f} ms, {layer.gigaflops:.0f} GFLOP/s"
            yield circle(*self.place(layer), COLOURS[layer.method], told=told)
        yield from self.labels()

    def place(self, layer):
        return self.x(layer.intensity), self.y(layer.gigaflops), radius(layer.seconds / self.total)

    def labels(self):
        """Names of the kinds of layers that take most time, each in the nearest place where it covers nothing, with a
        line that crosses no other nor the diagonals of a name."""
        peak = self.limits["f32"]["allThreads"]
        taken = [(x - r, y - r, x + r, y + r) for x, y, r in map(self.place, self.points)]
        for roof in (self.y(peak), self.y(peak * WINOGRAD_SAVES)):
            taken.append((self.x.start, roof - 22, self.x.end, roof + 3))
        lines = []
        for words, layer in self.named():
            x, y, _ = self.place(layer)
            for box in sorted(boxes(x, y, 6.8 * len(words), 15), key=lambda box: distance(box, x, y)):
                leader = (x, y, (box[0] + box[2]) / 2, box[1] if box[1] > y else box[3])
                new = [leader, box, (box[0], box[3], box[2], box[1])]
                if (self.holds(box) and not any(overlap(box, other) for other in taken)
                        and not any(cross(one, other) for one in new for other in lines)):
                    taken.append(box)
                    lines += new
                    yield line(*leader, FAINT, 0.7)
                    yield text(leader[2], box[3] - 3, words, 11, "middle", COLOURS[layer.method])
                    break

    def holds(self, box):
        return self.x.start < box[0] and box[2] < self.x.end and self.y.end < box[1] and box[3] < self.y.start

    def named(self):
        """Of each kind, the layer in the middle, those with most time first."""
        kinds = {}
        for layer in self.points:
            kinds.setdefault((layer.kind, layer.method), []).append(layer)
        times = {key: sum(layer.seconds for layer in some) / self.total for key, some in kinds.items()}
        for key in sorted((key for key in kinds if times[key] >= NAMED_FROM), key=lambda key: -times[key]):
            some = sorted(kinds[key], key=lambda layer: layer.gigaflops)
            yield f"{key[0]} {100 * times[key]:.0f} %", some[len(some) // 2]

    def axes(self):
        for value in self.x.ticks():
            yield line(self.x(value), self.y.start, self.x(value), self.y.end, GRID)
            yield text(self.x(value), self.y.start + 20, f"{value:g}", 12, "middle", FAINT)
        for value in self.y.ticks():
            yield line(self.x.start, self.y(value), self.x.end, self.y(value), GRID)
            yield text(self.x.start - 8, self.y(value) + 4, f"{value:g}", 12, "end", FAINT)
        middle = (self.x.start + self.x.end) / 2
        yield text(middle, self.y.start + 44, "operations per byte of inputs, outputs, weights", 13, "middle")

    def roofs(self):
        peak, memory = self.limits["f32"]["allThreads"], self.limits["read"]["allThreads"]
        ridge = peak / memory
        start = max(self.x.least, self.y.least / memory)
        yield line(self.x(start), self.y(start * memory), self.x(ridge), self.y(peak), INK, 2)
        yield line(self.x(ridge), self.y(peak), self.x.end, self.y(peak), INK, 2)
        yield text(self.x.end - 6, self.y(peak) - 7, f"registers: {peak:.0f} GFLOP/s", 12, "end")
        slope = math.degrees(math.atan2(self.y.per_decade, self.x.per_decade))
        middle = math.sqrt(start * ridge)
        yield text(self.x(middle) - 7, self.y(middle * memory) - 7, f"memory: {memory:.0f} GB/s", 12, "middle",
                   turn=slope)
        if any(layer.method.startswith("winograd") for layer in self.points):
            high = self.y(peak * WINOGRAD_SAVES)
            colour = COLOURS["winograd"]
            yield line(self.x(ridge * WINOGRAD_SAVES), high, self.x.end, high, colour, 1.5, "6 4")
            yield text(self.x.end - 6, high - 7, f"Winograd: {WINOGRAD_SAVES} × registers", 12, "end", colour)


def boxes(x, y, width, height):
    """Places for a label around a point."""
    for across in range(-112, 113, 16):
        for down in [*range(-110, -17, 8), *range(18, 111, 8)]:
            left, top = x + across - width / 2, y + down - height / 2
            yield (left, top, left + width, top + height)


def distance(box, x, y):
    return math.hypot((box[0] + box[2]) / 2 - x, 1.3 * ((box[1] + box[3]) / 2 - y))


def overlap(a, b, space=3):
    return a[0] < b[2] + space and b[0] < a[2] + space and a[1] < b[3] + space and b[1] < a[3] + space


def cross(a, b):
    """Whether two lines do."""
    def side(line, x, y):
        return (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0])

    return side(a, *b[:2]) * side(a, *b[2:]) < 0 and side(b, *a[:2]) * side(b, *a[2:]) < 0


def radius(share):
    """Areas are shares of the time."""
    return max(2.5, 60 * math.sqrt(share / math.pi))


def legend(methods, y):
    x = LEFT
    for method in methods:
        yield circle(x + 6, y - 4, 6, COLOURS[method])
        yield text(x + 18, y, WORDS[method])
        x += 40 + 7.6 * len(WORDS[method])
    for share in (0.01, 0.05):
        size = radius(share)
        yield circle(x + size + 10, y - 4, size, FAINT, opacity=0)
        yield text(x + 2 * size + 16, y, f"{100 * share:.0f} % of the time", colour=FAINT)
        x += 2 * size + 130


NOTE = [
    "One circle a layer, its area the layer's share of the time. Operations are those of the definition. Winograd's "
    "method does a quarter of the products and",
    "may stand above the roof of the registers, up to its own; layers whose inputs are still in a cache may stand "
    "above that of memory.",
]


def draw(panels, limits):
    points = [layer for _, layers in panels for layer in layers if layer.operations]
    peak = limits["f32"]["allThreads"]
    x_range = round_out([layer.intensity for layer in points] + [2 * peak / limits["read"]["allThreads"]])
    y_range = round_out([layer.gigaflops for layer in points] + [1.3 * WINOGRAD_SAVES * peak])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        text(22, TOP + PANEL_HEIGHT / 2, "GFLOP/s", 13, "middle", turn=-90),
    ]
    for index, (title, layers) in enumerate(panels):
        left = LEFT + index * (PANEL_WIDTH + GAP)
        parts += Panel(title, layers, limits, left, x_range, y_range).draw()
    used = {layer.method for layer in points}
    parts += legend([method for method in COLOURS if method in used], HEIGHT - 82)
    parts += [text(LEFT, HEIGHT - 38 + 18 * index, words, 12, colour=FAINT) for index, words in enumerate(NOTE)]
    return "\n".join([*parts, "</svg>\n"])
