"""The verdict of tests/soak/year: who was told what and when, by `explain` and by the letters
that arrived, against tests/reference/promises.py."""

import email
import email.utils
import re
from collections import Counter, defaultdict
from datetime import timedelta

import promises as reference
from deadlines import close_of_business
from world import CASE, EVERYBODY, GATHERED, SECOND, SOON, TEAM


class Verdict:
    """Who was told what and when, by `explain` and by the letters that arrived."""

    def __init__(self, year):
        self.year, self.world = year, year.world
        self.letters = {name: self.mailbox(address) for name, address in EVERYBODY.items()}
        self.rows = defaultdict(Counter)
        self.ahead, self.ahead_named, self.long, self.folded, self.named = 0, 0, 0, 0, 0
        self.with_long, self.with_ahead = set(), set()

    def mailbox(self, address):
        letters = []
        for file in self.world.files(address):
            message = email.message_from_bytes(file.read_bytes())
            at = email.utils.parsedate_to_datetime(message["Date"])
            text = message.get_payload(decode=True).decode()
            letters.append((at, message["Message-ID"], message["Subject"], text))
        return sorted(letters)

    def judge(self):
        self.year.compare()
        for ticket in self.year.tickets:
            self.ticket(ticket)
        for name, letters in self.letters.items():
            for i, letter in enumerate(letters):
                if letters[i - 1][1] == letter[1] and i:
                    self.year.fault(f"{name} got the letter {letter[1]} twice")
        for ticket in self.year.tickets:
            got = len(self.world.files(ticket.reporter))
            if ticket.kind != "platform" and got != ticket.letters:
                self.year.fault(f"ticket {ticket.number}: its reporter got {got} letters, not {ticket.letters}")
        audit = self.world.call("audit", "--json")
        if audit.returncode:
            self.year.fault(f"audit: {audit.stdout} {audit.stderr}")

    def ticket(self, ticket):
        explained = self.world.json("explain", str(ticket.number))
        said = defaultdict(list)
        for block in explained["deadlines"]:
            said[block["promise"], reference.instant(block["started_at"]).replace(microsecond=0)].append(block)
        for promise, run in self.year.runs(ticket):
            blocks = said[promise["name"], run.start.replace(microsecond=0)]
            if not blocks:
                self.year.fault(f"ticket {ticket.number}: explain has no {promise['name']} of {run.start}")
                continue
            self.run(ticket, promise, run, blocks.pop(0))

    def run(self, ticket, promise, run, block):
        year, now = self.year, self.world.now()
        what = f"ticket {ticket.number}, {promise['name']} of {run.start:%Y-%m-%d %H:%M}"
        told = [(reference.instant(t["at"]), self.people(t["whom"])) for t in block["told"]]
        steps = reference.ladder(run, CASE, now)
        row = self.rows[promise["name"]]
        heard, unnamed, first = defaultdict(set), set(), {}
        for at, whom in told:
            past = [step for step in steps if step[0] <= at]
            if not past:
                year.fault(f"{what}: told {at} before anything was due")
                continue
            moment, second, step = past[-1]
            slack = GATHERED if step == "at once" else SOON
            if at - moment > slack:
                year.fault(f"{what}: {step} of {moment} was told at {at}")
            if heard[moment] & whom:
                year.fault(f"{what}: {step} of {moment} was told twice to {heard[moment] & whom}")
            heard[moment] |= whom
            first[moment] = min(at, first.get(moment, at))
            if not self.letter(what, ticket, at, whom):
                unnamed.add(moment)
        for moment, second, step in steps:
            wanted = reference.hearers(promise, ticket.owner(moment), TEAM, SECOND, second)
            edge = min(abs(moment - at) for at in (run.pressed(now), now)) <= (GATHERED if step == "at once" else SOON)
            # The owner may have changed within the visit.
            if heard[moment] != wanted and not edge:
                year.fault(f"{what}: {step} of {moment}: told {sorted(heard[moment])}, not {sorted(wanted)}")
            row["reminded"] += bool(heard[moment])
            row["second line"] += bool(heard[moment] & set(SECOND))
        self.count(ticket, promise, run, steps, first, unnamed, row)

    def count(self, ticket, promise, run, steps, first, unnamed, row):
        now = self.world.now()
        row["times"] += 1
        standing = run.standing(now, CASE)
        late = run.late(now)
        half = any(run.met) and not all(run.met)
        row["half"] += half
        if standing == "void":
            row["void late" if late else "void"] += 1
        elif standing in ("kept", "kept-late"):
            row[standing] += 1
        else:
            row["open late" if late else "open"] += 1
        # Bar T10: a promise of two business days or more, open a business day ahead.
        if not run.due or not any(step.endswith(" before") for step in promise.get("remind", [])):
            return
        if reference.nth_business_day(CASE, reference.local_day(run.start, CASE), 2) > reference.local_day(run.due, CASE):
            return
        day = reference.nth_business_day(CASE, reference.local_day(run.due, CASE), -1)
        ahead = close_of_business(CASE, day)[0]
        if run.pressed(now) <= ahead + SOON:
            return
        self.long += 1
        self.with_long.add(ticket.number)
        # Whatever step it was, somebody was told on that day or, by hours, before it.
        before = [moment for moment, _, step in steps if step.endswith(" before") and moment in first and first[moment] <= ahead]
        if before:
            self.ahead += 1
            self.ahead_named += before[-1] not in unnamed
            self.with_ahead.add(ticket.number)
        else:
            self.year.fault(f"ticket {ticket.number}: {promise['name']} due {run.due} was not told a business day ahead")

    def people(self, words):
        found = set()
        for word in re.split(r", | \+ ", words):
            found |= set(TEAM) if word == "all" else set(SECOND) if word == "2nd line" else {word}
        return found

    def letter(self, what, ticket, at, whom):
        """Each who was told got a letter of that moment; whether all of them name the ticket.
        A digest has no more than twenty rows, and says how many tickets it leaves out."""
        all_name, number = True, f"{ticket.number:04}"
        for name in whom:
            near = [text for date, _, subject, body in self.letters[name] if timedelta(seconds=-2) <= date - at <= SOON
                    for text in [f"{subject}\n{body}"]]
            if any(re.search(rf"\b{number}\b", text) for text in near):
                self.named += 1
            elif any(" more: gatepost list" in text for text in near):
                self.folded += 1
                all_name = False
            else:
                self.year.fault(f"{what}: {name} was told at {at}, but {len(near)} letters of then do not name it")
        return all_name

    def table(self):
        columns = ["times", "reminded", "second line", "kept", "kept-late", "void", "void late", "half", "open", "open late"]
        heads = ["promised", "reminders", "to the second line", "kept", "kept late", "void", "void, late", "by half at its end", "open", "open, late"]
        lines = [f"| {self.year.profile} | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
        for promise in self.year.policy:
            row = self.rows[promise["name"]]
            soft = " (soft)" if promise.get("soft") else ""
            lines.append(f"| {promise['name']}{soft} | " + " | ".join(str(row[column]) for column in columns) + " |")
        return "\n".join(lines)
