"""An independent reference for one promise on one calendar: when it is due, and at which
moments it is reminded of. One JSON object a line on standard input, one a line on standard
output:

    {"case": {as deadlines.py reads it, with "open": "09:00"}, "start": 1809099600,
     "on": null, "now": 1809099605, "promise": {"within": "3 business days",
     "remind": ["at once", "1 business day before", "when due"]}}
    {"due": 1809619200, "moments": [1809504000, 1809619200]}

`on` is the date of a promise that goes by one. `moments` are those after `now`; mornings
after the deadline, which never end, are left out.
"""

import json
import sys
from datetime import date, datetime, timedelta, timezone

from promises import Run, ladder, when_due


def moments(asked):
    case, promise = asked["case"], asked["promise"]
    start = datetime.fromtimestamp(asked["start"], timezone.utc)
    on = date.fromisoformat(asked["on"]) if asked["on"] else None
    run = Run(promise, start, when_due(promise, start, on, case), [None], on)
    all_of_them = {int(moment.timestamp()) for moment, _, _ in ladder(run, case, start + timedelta(days=800), daily=False)}
    return {"due": int(run.due.timestamp()), "moments": sorted(at for at in all_of_them if at > asked["now"])}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(moments(json.loads(line))))
