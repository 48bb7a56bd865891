"""The first instant of a date as the files of this atlas write it: ISO 8601, and of EDTF (ISO 8601-2) the forms used here:
`1993-04~` (about), `[1992-05-08..1992-05-09]` (one of these days), a reduced date. This is the date that a map is drawn by;
the rest of the doubt is the engine's."""
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=4))  # of dates without one: `timezone` of atlas.toml


def first_instant(text):
    text = text.strip("[]").split("..")[0].split(",")[0].rstrip("~?%")
    text += "-01" * (2 - text.count("-")) if len(text) < 10 else ""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
