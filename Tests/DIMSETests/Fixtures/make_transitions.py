"""Writes transitions.csv: PS3.8 Table 9-10 as pynetdicom holds it (event, state, action).
Run from the checkout: .venv/bin/python Tests/DIMSETests/Fixtures/make_transitions.py
"""
from pathlib import Path

from pynetdicom.fsm import TRANSITION_TABLE

rows = sorted(TRANSITION_TABLE.items(), key=lambda r: (int(r[0][0][3:]), int(r[0][1][3:])))
text = "event,state,action\n" + "".join(f"{e[3:]},{s[3:]},{a}\n" for (e, s), a in rows)
Path(__file__).with_name("transitions.csv").write_text(text)
