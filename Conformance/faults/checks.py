"""What has to hold after every fault."""

import sqlite3


def settled(gateway) -> bool:
    """No study that somebody works on, and nothing to deliver."""
    rows = gateway.queue()
    studies = [row for row in rows if row["row"] == "study"]
    open_studies = [row for row in studies if row["state"] in ("receiving", "waiting", "analysed")]
    return bool(studies) and not open_studies and not any(row["row"] == "delivery" for row in rows)


def complaints(gateway, pacs, acknowledged) -> list[str]:
    found = []
    database = sqlite3.connect(f"file:{gateway.data}/hilum.sqlite?mode=ro", uri=True)
    ask = lambda sql, *values: database.execute(sql, values).fetchall()
    for sop_instance, (study, content) in acknowledged.items():
        rows = ask("SELECT path, lost FROM object WHERE sop_instance = ?", sop_instance)
        if len(rows) != 1 or rows[0][1]:
            found.append(f"{sop_instance} was acknowledged and is {'lost' if rows else 'not there'}")
            continue
        try:
            if not (gateway.data / rows[0][0]).read_bytes().endswith(content):
                found.append(f"{sop_instance} has other bytes than were acknowledged")
        except OSError as error:
            found.append(f"{sop_instance} was acknowledged: {error}")
    for uid, state, reason in ask("SELECT uid, state, reason FROM study WHERE state <> 'reported'"):
        found.append(f"study {uid} is {state} ({reason})")
    held = pacs.instances()
    for uid, number in ask("SELECT uid, id FROM study"):
        jobs = ask("SELECT id, state FROM job WHERE study = ? ORDER BY revision", number)
        if not jobs or jobs[-1][1] != "done":
            found.append(f"study {uid} has no current report")
        documents = ask(
            """SELECT object.sop_instance FROM outgoing JOIN job ON job.id = outgoing.job
               JOIN object ON object.id = outgoing.object WHERE job.study = ? AND outgoing.state = 'delivered'""", number)
        delivered = sorted(row[0] for row in documents)
        if sorted(held.get(uid, [])) != delivered:
            found.append(f"study {uid}: the PACS has {held.get(uid, [])}, the outbox says {delivered}")
        # A report and a picture for each revision that came to its end, in one form each.
        kinds = ask("SELECT count(*), count(DISTINCT kind || job) FROM outgoing WHERE job IN "
                    "(SELECT id FROM job WHERE study = ?)", number)[0]
        if kinds[0] != kinds[1]:
            found.append(f"study {uid}: a document of a revision was delivered in several forms")
    missing = {study for study, _ in acknowledged.values()} - {row[0] for row in ask("SELECT uid FROM study")}
    found += [f"study {study} is not there" for study in missing]
    database.close()
    return found
