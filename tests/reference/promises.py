"""An independent reference for what is owed on a ticket, when, and who is told of it.

Written from the words of the policies and of their README, in another language. It takes
the facts of a ticket as `gatepost show --json` prints them and says for each promise which
times it bound, when each was due, how it ended, and at which moments whom a reminder had
to reach. Upon the dates of deadlines.py, which shares nothing with gatepost either.

Left out, because the simulated team never does it: retracted facts, letters that crossed
with a mail, questions that are written down after their answer, and people who are away.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from deadlines import ONE_DAY, ZoneInfo, close_of_business, due, is_business_day

# What holds from then on. All else happens, and meets only what had begun.
CONDITIONS = {"owned", "resolved", "update-posted", "published", "thanked", "credited", "credit-declined"}
UNDONE_BY_REOPENING = {"resolved", "update-posted", "published"}
INTERIM = {"investigating", "needs-information"}
EVENTS = {"expected": None, "publication": "publication", "embargo": "embargo", "reporter-publication": "reporter-publication"}


@dataclass
class Fact:
    at: datetime
    n: int
    name: str
    data: dict


@dataclass
class Run:
    """One time that a promise bound the team."""

    promise: dict
    start: datetime
    due: datetime | None
    met: list
    on: date | None = None
    how: str | None = None
    end: datetime | None = None
    rests: datetime | None = None

    def pressed(self, now):
        """Until when it pressed: to its end, or until we waited for the reporter."""
        return self.rests or self.end or now

    def late(self, now):
        return self.due is not None and self.pressed(now) > self.due

    def missing(self):
        return [" or ".join(need) for need, met in zip(needs(self.promise), self.met) if met is None]

    def standing(self, now, case):
        if self.how == "met":
            return "kept-late" if self.late(now) else "kept"
        if self.how:
            return "void"
        if self.rests:
            return "waiting"
        if self.late(now):
            return "overdue"
        if any(self.met):
            return "half-kept"
        from_ = approaching(self, case)
        return "approaching" if from_ and now >= from_ else "on-time"


def instant(text):
    """RFC 3339 in UTC, with any number of digits behind the second."""
    whole, fraction = re.fullmatch(r"([^.Z]+)(\.\d+)?Z", text).groups()
    return datetime.fromisoformat(whole + "+00:00") + timedelta(seconds=float(fraction or 0))


def read_policy(text):
    """The promises of a policy. What stands in their keys is a word, a list or true."""
    tables = text.split("\n[[promise]]\n")[1:]
    return [{line.split("=", 1)[0].strip(): json.JSONDecoder().raw_decode(line.split("=", 1)[1].strip())[0]
             for line in table.split("\n[[", 1)[0].splitlines() if re.match(r"\w+ *=", line)} for table in tables]


def facts_of(document):
    lines = [Fact(instant(f["at"]), f["n"], f["fact"], f["data"]) for f in document["facts"]]
    return sorted(lines, key=lambda fact: (fact.at, fact.n))


def any_of(names):
    """A fact or a list of facts; an inner list is "any of"."""
    names = [names] if isinstance(names, str) else names
    return [[one] if isinstance(one, str) else one for one in names]


def needs(promise):
    return any_of(promise["needs"])


def span(text):
    number, unit = text.split(" ", 1)
    return int(number), unit if unit.endswith("s") else unit + "s"


def runs(promise, facts, case):
    """Every run of a promise, oldest first; at most the last is open."""
    starts = any_of(promise.get("from", []))
    own, excepted = promise.get("class"), set(promise.get("except", []))
    ends, by = set(promise.get("ends", [])), promise.get("by")
    all_runs, holding, seen = [], {}, [False] * len(starts)
    bound, ended, given, released = own is None, False, None, None
    rhythm, resting = promise.get("repeat") and any("answered" in group for group in starts), False

    def open_run():
        return all_runs[-1] if all_runs and all_runs[-1].how is None else None

    def finish(how, at):
        if open_run():
            all_runs[-1].how, all_runs[-1].end = how, at

    def begin(fact, on=None):
        held = [min((holding[name] for name in need if name in holding), default=None) for need in needs(promise)]
        run = Run(promise, fact.at, when_due(promise, fact.at, on, case), held, on, rests=fact.at if resting else None)
        all_runs.append(run)
        if all(held):
            finish("met", fact.at)

    for fact in facts:
        newly, name = False, fact.name
        waits_for = fact.data.get("on") if name == "waiting" else None
        if waits_for == "others" and rhythm and promise.get("others_count"):
            name = "answered"
        if fact.name == "evaluated" and fact.data["outcome"] in INTERIM:
            continue
        if fact.name == "reopened":
            ended = False
            for undone in UNDONE_BY_REOPENING:
                holding.pop(undone, None)
        if fact.name == "disowned":
            holding.pop("owned", None)
        if fact.name == "classed":
            newly = fact.data["class"] == own and not bound
            bound = bound or newly
            if fact.data["class"] in excepted and released is None:
                released = fact.at
        if fact.name in CONDITIONS:
            holding.setdefault(fact.name, fact.at)
        if run := open_run():
            for i, need in enumerate(needs(promise)):
                if run.met[i] is None and name in need:
                    run.met[i] = fact.at
            if all(run.met):
                finish("met", fact.at)
        if fact.name == "closed" or fact.name in ends:
            finish("void", fact.at)
            ended = True
        if rhythm and waits_for == "reporter":
            resting = True
            if run := open_run():
                run.rests = run.rests or fact.at
        elif rhythm and fact.name in ("waiting", "reporter-wrote", "evaluated"):
            resting = False
            if (run := open_run()) and run.rests:
                finish("restarted", fact.at)
                begin(fact)
        if by:
            told = date_told(by, fact)
            given = told or given
            run = open_run()
            if told and bound and not ended and not (run and run.on == told):
                if run:
                    finish("missed" if fact.at > run.due else "moved", fact.at)
                begin(fact, told)
            continue
        of_use = [i for i, group in enumerate(starts) if name in group]
        for i in of_use:
            seen[i] = True
        waits = open_run() and not promise.get("repeat")
        if (of_use or newly) and all(seen) and bound and not ended and not waits:
            finish("restarted", fact.at)
            begin(fact)
            seen = [False] * len(starts)
    if released:
        all_runs = [run for run in all_runs if run.start < released]
        for run in all_runs:
            if run.end is None or run.end > released:
                run.how, run.end = "void", released
                run.met = [met if met and met <= released else None for met in run.met]
    return all_runs


def date_told(by, fact):
    if by == "expected":
        return date.fromisoformat(fact.data["on"]) if fact.name == "dated" else None
    if fact.name == "planned" and fact.data["event"] == EVENTS[by]:
        return date.fromisoformat(fact.data["on"])
    return None


def when_due(promise, start, on, case):
    if on:
        return due({**case, "date": on.isoformat()})[0]
    if "within" not in promise:
        return None
    return due({**case, "start": start.timestamp(), "span": span(promise["within"])})[0]


# Moments.


def local_day(moment, case):
    return moment.astimezone(ZoneInfo(case["zone"])).date()


def opening(case, day):
    """Never after it closes: where the hour of closing is skipped, that may come first."""
    hour, minute = case["open"].split(":")
    local = datetime.combine(day, time(int(hour), int(minute)), tzinfo=ZoneInfo(case["zone"]))
    both = [local.replace(fold=fold).astimezone(timezone.utc) for fold in (0, 1)]
    return min(*both, close_of_business(case, day)[0])


def nth_business_day(case, day, number):
    """The Nth after `day`, or before it for a negative number."""
    step = ONE_DAY if number > 0 else -ONE_DAY
    left = abs(number)
    while left:
        day += step
        left -= is_business_day(case, day)
    return day


def that_or_before(case, day):
    while not is_business_day(case, day):
        day -= ONE_DAY
    return day


def is_open(case, moment):
    # A skipped opening just after midnight is the earlier instant: on the evening before.
    today = local_day(moment, case)
    return any(is_business_day(case, day) and opening(case, day) <= moment <= close_of_business(case, day)[0]
               for day in (today, today + ONE_DAY))


def next_opening(case, moment):
    """A day that a zone left out opens before it would have begun, so it may be over."""
    day = local_day(moment, case)
    while not (is_business_day(case, day) and opening(case, day) >= moment):
        day += ONE_DAY
    return opening(case, day)


def last_hour_before(case, moment):
    day = that_or_before(case, local_day(moment, case))
    if close_of_business(case, day)[0] > moment:
        day = nth_business_day(case, day, -1)
    close = close_of_business(case, day)[0]
    # A half day may be shorter than an hour.
    return max(close - timedelta(hours=1), opening(case, day)), close


def real(number, unit):
    return timedelta(**{unit: number})


def moment_of(step, run, case):
    """When a step falls if the team never slept, and when it falls; None for no moment."""
    any_hour = run.promise.get("any_hour", False)

    def now_or_opening(moment):
        return moment if any_hour or is_open(case, moment) else next_opening(case, moment)

    if step == "at once":
        return run.start, now_or_opening(run.start)
    if step == "when due":
        return (run.due, now_or_opening(run.due)) if run.due else None
    words, where = step.rsplit(" ", 1)
    number, unit = span(words)
    if where == "after":
        from_ = run.due or run.start
        if unit in ("hours", "minutes"):
            nominal = from_ + real(number, unit)
            return nominal, now_or_opening(nominal)
        day = local_day(from_, case)
        day = nth_business_day(case, day, number) if unit == "business days" else nth_business_day(case, day + (number - 1) * ONE_DAY, 1)
        return opening(case, day), opening(case, day)
    if not run.due:
        return None
    day = local_day(run.due, case)
    if unit == "business days":
        day = nth_business_day(case, day, -number)
        return opening(case, day), opening(case, day)
    if unit == "days":
        day = that_or_before(case, day - number * ONE_DAY)
        return opening(case, day), opening(case, day)
    nominal = run.due - real(number, unit)
    if any_hour or is_open(case, nominal):
        return nominal, nominal
    hour, close = last_hour_before(case, nominal)
    if run.start <= close:
        return nominal, max(hour, run.start)
    later = next_opening(case, nominal)
    return (nominal, later) if later < run.due else (nominal, None)


def ladder(run, case, until, daily=True):
    """The moments at which the team is to be told, each once, up to `until`: [(moment,
    whether the second line hears it too, step)]. As long as the run is open."""
    until = min(until, run.pressed(until))
    steps = run.promise.get("remind", [])
    fall = {}
    for step in steps:
        if step != "daily after" and (timed := moment_of(step, run, case)):
            nominal, falls = timed
            # Of two at one moment the one that is about the deadline says more.
            if nominal >= run.start and falls and fall.get(falls, "at once") == "at once":
                fall[falls] = step
    escalate = run.promise.get("escalate")
    second_from = None
    if escalate:
        nominal, falls = moment_of(escalate, run, case)
        second_from = max(falls if falls and nominal >= run.start else nominal, run.start)
    if daily and "daily after" in steps:
        stale = [falls for step in steps if step.endswith(" after") and step != "daily after"
                 for nominal, falls in [moment_of(step, run, case)]]
        last = run.due or min(stale, default=run.start)
        day = local_day(last, case)
        while True:
            day = nth_business_day(case, day, 1)
            morning = opening(case, day)
            if morning > until:
                break
            fall.setdefault(morning, f"after-{day}")
    return [(moment, second_from is not None and moment >= second_from, step)
            for moment, step in sorted(fall.items()) if moment <= until]


def approaching(run, case):
    if not run.due:
        return None
    first = [timed[1] for step in run.promise.get("remind", []) if step.endswith(" before")
             for timed in [moment_of(step, run, case)] if timed and timed[0] >= run.start and timed[1]]
    at = min(first, default=None) or opening(case, local_day(run.due, case))
    return min(max(at, run.start), run.due)


def hearers(promise, owner, team, second_line, second):
    """Who hears: the owner, the first line as long as nobody is responsible, or whom the
    promise names."""
    first = list(team) if promise.get("to") == "team" or owner is None else [owner]
    return set(first) | (set(second_line) if second and promise.get("escalate") else set())
