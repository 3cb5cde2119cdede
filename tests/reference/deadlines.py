"""An independent reference for the deadlines of gatepost.

Written from the words of the pages, in another language, upon another library of
zones: it shares nothing with gatepost but the sentences that it cites. One JSON
object a line on standard input, one a line on standard output:

    {"zone": "Europe/London", "weekend": [5, 6], "close": "17:00",
     "holidays": ["2027-05-03"], "half_days": {"2027-12-24": "12:30"},
     "start": 1809099600, "span": [3, "business days"]}
    {"due": 1809619200, "odd": false}

`weekend` counts Monday as 0; `start` and `due` are seconds since 1970; instead of a
`span` there may be a `date`. `odd` tells that daylight saving skipped or repeated the
closing hour.
"""

import json
import sys
from datetime import date, datetime, time, timedelta, timezone

ONE_DAY = timedelta(days=1)


def is_business_day(case, day):
    return day.weekday() not in case["weekend"] and day.isoformat() not in case["holidays"]


def close_of_business(case, day):
    """ "close of business of that day (default 17:00; a half day has its own), in the
    team's time zone; where daylight saving skips or repeats that hour, the earlier
    instant" """
    hour, minute = case["half_days"].get(day.isoformat(), case["close"]).split(":")
    local = datetime.combine(day, time(int(hour), int(minute)), tzinfo=ZoneInfo(case["zone"]))
    both = [local.replace(fold=fold).astimezone(timezone.utc) for fold in (0, 1)]
    return min(both), both[0] != both[1]


def that_day_or_the_business_day_before(case, day):
    while not is_business_day(case, day):
        day -= ONE_DAY
    return close_of_business(case, day)


def due(case):
    if "date" in case:
        # "The date given falls due at close of business of that day, or of the
        # business day before."
        return that_day_or_the_business_day_before(case, date.fromisoformat(case["date"]))
    start = datetime.fromtimestamp(case["start"], timezone.utc)
    local_day = start.astimezone(ZoneInfo(case["zone"])).date()
    number, unit = case["span"]
    if unit == "business days":
        # "day N is the Nth business day after the local day of receipt, whatever the
        # hour and whether or not that day was itself a business day"
        day = local_day
        while number:
            day += ONE_DAY
            number -= is_business_day(case, day)
        return close_of_business(case, day)
    if unit == "days":
        # "close of business on day N after receipt, the business day before if it is
        # none"
        return that_day_or_the_business_day_before(case, local_day + number * ONE_DAY)
    # "N hours, N minutes are real time, day and night, holidays included."
    return start + timedelta(**{unit: number}), False


def main():
    for line in sys.stdin:
        instant, odd = due(json.loads(line))
        print(json.dumps({"due": int(instant.timestamp()), "odd": odd}))


try:
    from zoneinfo import ZoneInfo

    ZoneInfo("Pacific/Apia")
except Exception as error:
    sys.exit(f"no time zones here ({error}): install python3 (3.9 or newer) and tzdata")


if __name__ == "__main__":
    main()
