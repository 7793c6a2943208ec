"""Makes bidi.json: embedding levels of lines as libfribidi finds them. Run: python make_bidi.py"""
import ctypes
import json
import random
from pathlib import Path

fribidi = ctypes.CDLL("libfribidi.so.0")
PAR_ON = 0x00000040  # FRIBIDI_PAR_ON: the first strong character decides


def levels(text):
    n = len(text)
    chars = (ctypes.c_uint32 * n)(*map(ord, text))
    types, brackets = (ctypes.c_uint32 * n)(), (ctypes.c_uint32 * n)()
    out, base = (ctypes.c_int8 * n)(), ctypes.c_uint32(PAR_ON)
    fribidi.fribidi_get_bidi_types(chars, n, types)
    assert fribidi.fribidi_get_par_embedding_levels_ex(types, brackets, n, ctypes.byref(base), out)
    # The line's end: trailing white space takes the paragraph's level (L1).
    end = n
    while end and text[end - 1] in " \t":
        end -= 1
    level = 1 if base.value == 0x00000111 else 0
    return [level if k >= end else out[k] for k in range(n)], level


def lines():
    rng = random.Random(5)
    yield from ["Doe^John", "ab אבג cd", "אב 12.5 גד", "محمد عبد الله 1974-03-12", "שלום Cohen 12.5% abc", "עברית: 3, 4/5.",
                "COVID-19 نتيجة 0.87", "a١٢٣b", "ב -5 +3 $20 20€ א", "שָׁלוֹם", "  ", "12", "12 א", "א 12 b 34 ג 5"]
    pieces = ["a", "Zé", "א", "בג", "ש\u05b8", "ع", "ب", "1", "23", "٤٥", "۶", " ", ".", ",", "-", "+", "%", "$", "/", ":", "!", "&", "山"]
    for _ in range(250):
        yield "".join(rng.choice(pieces) for _ in range(rng.randint(1, 12)))


if __name__ == "__main__":
    cases = [{"text": text, "levels": found[0], "base": found[1]} for text in lines() for found in [levels(text)]]
    Path(__file__).with_name("bidi.json").write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n")
