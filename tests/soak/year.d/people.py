"""The people of tests/soak/year: reporters who write at all hours, and again; a team that
answers most in time, some late, some by half, some never. What each does is thrown by the
seed, one thing after the other, each at its moment."""

import random
from datetime import date

import promises as reference
from deadlines import close_of_business
from world import CASE, DAY, FINAL, GATHERED, HOUR, MINUTE, PLATFORM, SANDBOX, SECURITY, SHIELD, START, TEAM


class Ticket:
    def __init__(self, number, dice, waits, reporter, kind):
        self.number, self.dice, self.waits, self.reporter, self.kind = number, dice, waits, reporter, kind
        self.letters = 0 if kind == "platform" else 1
        self.facts, self.document = [], {}

    @property
    def names(self):
        return [fact.name for fact in self.facts]

    @property
    def closed(self):
        last = [name for name in self.names if name in ("closed", "reopened")]
        return last[-1:] == ["closed"]

    @property
    def embargo(self):
        """Until when nothing is published; a day before all others where there is none."""
        days = [fact.data["on"] for fact in self.facts if fact.name == "planned" and fact.data["event"] == "embargo"]
        return days[-1] if days else ""

    @property
    def waits_for(self):
        """For whom the ticket waits: until the reporter writes, an evaluation, or somebody says otherwise."""
        waits = None
        for fact in self.facts:
            if fact.name in ("waiting", "reporter-wrote", "evaluated"):
                waits = fact.data.get("on") if fact.name == "waiting" else None
        return waits

    def owner(self, at):
        owned = [fact for fact in self.facts if fact.name in ("owned", "disowned") and fact.at <= at]
        return owned[-1].data.get("who") if owned else None


class People:
    """What they do; whoever inherits it has the clock. Plans are made from the moment that was
    aimed at, for a visit takes some seconds, and the same seed is to be the same year."""

    latest = None

    # The reporters.

    def arrivals(self):
        """Most in working hours, a third by night, on weekends and holidays."""
        found = []
        while len(found) < self.count:
            when = START + HOUR + self.dice.random() * self.days * DAY
            when = when.replace(microsecond=0)
            wanted = self.dice.random() < 0.67
            if reference.is_open(CASE, when) == wanted and all(abs(when - other) > 5 * MINUTE for other in found):
                found.append(when)
        return sorted(found)

    def words(self, dice, count):
        syllables = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu".split()
        return " ".join("".join(dice.choice(syllables) for _ in range(dice.randint(2, 4))) for _ in range(count))

    def arrives(self):
        number = len(self.tickets) + 1
        seed = f"{self.dice.random()} {number}"
        dice = random.Random(seed)
        kind, roll = "plain", dice.random()
        if self.profile == "hey":
            kind = "attack" if roll < 0.08 else "platform" if roll < 0.2 else "support" if roll < 0.28 else kind
        elif self.profile == "novu":
            kind = "sandbox" if roll < 0.12 else kind
        elif self.profile == "cra":
            kind = "exploited" if roll < 0.2 else kind
        reporter = PLATFORM if kind == "platform" else f"reporter-{number}@example.net"
        to = {"attack": SHIELD, "sandbox": SANDBOX}.get(kind, SECURITY)
        subject = self.words(dice, 5)
        if kind == "platform":
            subject = f"Report #{number + 7000}: {subject}"
        proven = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\n"
        ticket = Ticket(number, dice, random.Random(f"waits {seed}"), reporter, kind)
        ticket.subject = subject
        self.world.deliver(reporter, (
            f"{proven if kind == 'platform' else ''}From: {self.words(dice, 1)} <{reporter}>\nTo: {to}\nSubject: {subject}\n"
            f"Message-ID: <report-{number}@example.net>\nDate: Mon, 1 Jan 2001 00:00:00 +0000\n\n"
            f"See https://example.org/{self.words(dice, 1)}: {self.words(dice, 60)}.\n"))
        self.tickets.append(ticket)
        self.visit()
        if self.latest and self.moment - self.latest < GATHERED:
            # The first words of this one may wait for others.
            self.at(self.moment + GATHERED - MINUTE, self.visit)
        self.latest = self.moment
        self.observe(ticket, "received", *(["acknowledged"] if kind != "platform" else []))
        self.plan(ticket)

    def writes_again(self, ticket):
        message = f"<again-{ticket.number}-{len(ticket.facts)}@example.net>"
        ours = [letter["message_id"] for letter in ticket.document["letters"] if letter["state"] == "sent"]
        if ticket.kind == "platform" or not ours:
            return
        self.world.deliver(ticket.reporter, (
            f"From: Somebody <{ticket.reporter}>\nTo: {SECURITY}\nSubject: Re: {ticket.subject}\nMessage-ID: {message}\n"
            f"In-Reply-To: {ours[-1]}\nReferences: {ours[-1]}\n\nIs there news? {self.words(ticket.dice, 12)}.\n"))
        self.visit()
        self.did["mails of reporters who wrote again"] += 1
        was_closed = ticket.closed
        self.observe(ticket, "reporter-wrote", *(["reopened"] if was_closed else []))
        if was_closed:
            self.at(self.within(ticket, MINUTE, 3 * DAY), self.replies, ticket)
            self.at(self.within(ticket, 4 * DAY, 6 * DAY), self.closes, ticket)
        elif ticket.dice.random() < 0.75:
            self.at(self.within(ticket, MINUTE, 4 * DAY), self.replies, ticket)

    # The team.

    def within(self, ticket, least, most):
        return self.between(ticket, self.moment + least, self.moment + most)

    def between(self, ticket, first, last):
        """Some moment, in working hours if there is one."""
        first, last = max(first, self.moment + MINUTE), max(last, self.moment + 2 * MINUTE)
        for _ in range(40):
            when = first + ticket.dice.random() * (last - first)
            if reference.is_open(CASE, when):
                break
        return when.replace(microsecond=0)

    def later(self, ticket, days):
        """Some hour of the Nth business day from today."""
        day = reference.nth_business_day(CASE, reference.local_day(self.moment, CASE), days)
        close = close_of_business(CASE, day)[0]
        return self.between(ticket, reference.opening(CASE, day), close)

    def act(self, ticket, words, *demanded, letter=True, who=None):
        if "closed" in ticket.names and ticket.closed:
            return False
        who = who or ticket.owner(self.world.now()) or ticket.dice.choice(list(TEAM))
        self.world.run(*words, who=who)
        self.visit()
        ticket.letters += letter
        self.did[words[0]] += 1
        self.observe(ticket, *demanded)
        return True

    def ref(self, ticket):
        return str(ticket.number)

    def replies(self, ticket):
        return self.act(ticket, ["reply", self.ref(ticket), "--message", str(self.world.dir / "said"), "--yes"], "answered")

    def closes(self, ticket):
        self.act(ticket, ["close", self.ref(ticket), "--silent", "--yes"], "closed", letter=False)

    def assigns(self, ticket):
        who = ticket.dice.choice(list(TEAM))
        if "owned" not in ticket.names:
            self.act(ticket, ["assign", self.ref(ticket), who], "owned", letter=False)

    def sets(self, ticket, pair, demanded):
        yes = ["--yes"] if pair.startswith("exploited") else []
        self.act(ticket, ["set", self.ref(ticket), pair, *yes], demanded, letter=False)

    def records(self, ticket, name):
        self.act(ticket, ["record", self.ref(ticket), name], name, letter=False)

    def evaluates(self, ticket, outcome, dated):
        if "evaluated" in ticket.names[-4:] and outcome == "accepted" and ticket.closed:
            return
        words = ["evaluate", self.ref(ticket), outcome, "--plan", "We close the way in and then look for others."]
        if dated:
            words += ["--expected", self.some_day(ticket, 8, 50)]
        demanded = ["evaluated", "answered"] + (["dated"] if dated else [])
        demanded += ["date-not-due", "closed"] if outcome in FINAL else []
        if not self.act(ticket, words + ["--yes"], *demanded) or outcome == "investigating" or outcome in FINAL:
            return
        if ticket.dice.random() < 0.75:
            self.at(self.within(ticket, MINUTE, 2 * DAY), self.assigns, ticket)
        self.keep_informed(ticket)
        if ticket.waits.random() < 0.4:
            self.at(self.moment + HOUR + ticket.waits.random() * 6 * DAY, self.asks, ticket)
        if dated:
            self.work(ticket)

    def asks(self, ticket):
        """Something is missing: we wait for the reporter, who writes; or a person says that it
        was not so, or that we wait for others."""
        if ticket.kind == "platform" or "resolved" in ticket.names or ticket.waits_for or not self.waits(ticket, "reporter"):
            return
        then, roll = self.moment + HOUR + ticket.waits.random() * 15 * DAY, ticket.waits.random()
        if roll < 0.5:
            self.at(then, self.writes_again, ticket)
        else:
            self.at(then, self.waits, ticket, "nothing" if roll < 0.75 else "others")

    def waits(self, ticket, whom):
        """Whether it was said; nobody says that the waiting is over when it is."""
        if "resolved" in ticket.names or (whom != "reporter" and ticket.waits_for != "reporter"):
            return False
        who = ticket.owner(self.world.now()) or "ben"
        said = self.act(ticket, ["set", self.ref(ticket), f"waiting={whom}"], "waiting", letter=False, who=who)
        self.did[f"waits for {whom}"] += said
        return said

    def some_day(self, ticket, least, most):
        day = reference.local_day(self.moment, CASE) + ticket.dice.randint(least, most) * DAY
        return day.isoformat()

    def keep_informed(self, ticket):
        days = ticket.dice.randint(5, 9) if ticket.dice.random() < 0.8 else ticket.dice.randint(11, 13)
        self.at(self.later(ticket, days), self.informs, ticket)

    def informs(self, ticket):
        if not ticket.closed and "resolved" not in ticket.names and self.replies(ticket):
            self.keep_informed(ticket)

    def due(self, ticket, name):
        runs = [run for promise, run in self.runs(ticket) if promise["name"] == name]
        return runs[-1].due.replace(second=0, microsecond=0) if runs else None

    def work(self, ticket, moves=0):
        """What becomes of a date that was given."""
        due, roll, now = self.due(ticket, "resolve"), ticket.dice.random(), self.moment
        if due is None:
            return
        if roll < 0.06:
            self.at(due - MINUTE, self.resolves, ticket)
        elif roll < 0.6:
            self.at(self.between(ticket, now + DAY, due - HOUR), self.resolves, ticket)
        elif roll < 0.75 and moves < 2:
            self.at(self.between(ticket, now + DAY, due - HOUR), self.moves, ticket, moves)
        elif roll < 0.85 and moves < 2:
            self.at(self.between(ticket, due + HOUR, due + 4 * DAY), self.moves, ticket, moves)
        elif roll < 0.95:
            self.at(self.between(ticket, due + HOUR, due + 8 * DAY), self.resolves, ticket)
        else:
            self.at(self.between(ticket, due + 15 * DAY, due + 25 * DAY), self.closes, ticket)

    def moves(self, ticket, moves):
        if ticket.closed or "resolved" in ticket.names:
            return
        words = ["--expected", self.some_day(ticket, 10, 30), "--because", "the first mend left a way open"]
        told = [f.data["on"] for f in ticket.facts if f.name == "dated"]
        if words[1] in told[-1:]:
            words[1] = (date.fromisoformat(words[1]) + DAY).isoformat()
        if self.act(ticket, ["reply", self.ref(ticket), *words, "--yes"], "answered", "dated"):
            self.work(ticket, moves + 1)

    def resolves(self, ticket):
        if "resolved" in ticket.names:
            return
        if not self.act(ticket, ["resolve", self.ref(ticket), "--note", "Version 4.3 closes it.", "--yes"], "resolved", "thanked"):
            return
        dice = ticket.dice
        if dice.random() < 0.9:
            self.at(self.later(ticket, dice.randint(1, 9)), self.sets, ticket, "credit=anonymous", "credit-declined")
        if dice.random() < 0.35:
            self.at(self.later(ticket, 1), self.plans_publication, ticket)
        elif dice.random() < 0.75:
            self.at(self.later(ticket, dice.randint(1, 8)), self.publishes, ticket)
        if dice.random() < 0.95:
            self.at(self.later(ticket, dice.randint(10, 16)), self.closes, ticket)

    def plans_publication(self, ticket):
        on = self.some_day(ticket, 4, 13)
        if on >= ticket.embargo and self.act(ticket, ["publish", self.ref(ticket), "--on", on, "--yes"], "planned"):
            day = reference.that_or_before(CASE, date.fromisoformat(on))
            self.at(close_of_business(CASE, day)[0] - ticket.dice.randint(-30, 60) * HOUR, self.publishes, ticket)

    def publishes(self, ticket):
        today = reference.local_day(self.moment, CASE).isoformat()
        if "published" not in ticket.names and "resolved" in ticket.names and today >= ticket.embargo:
            link = f"https://example.org/advisories/{ticket.number}"
            self.act(ticket, ["publish", self.ref(ticket), "--link", link, "--yes"], "published", "update-posted")

    def plan(self, ticket):
        """What the team makes of a report, and how often its reporter writes again."""
        dice = ticket.dice
        if dice.random() < 0.25:
            for _ in range(dice.randint(1, 3)):
                self.at(self.moment + HOUR + dice.random() * 25 * DAY, self.writes_again, ticket)
        first = self.first_due(ticket)
        if ticket.kind == "attack":
            late = dice.random() < 0.25
            self.at(self.moment + dice.randint(130 if late else 10, 400 if late else 115) * MINUTE, self.replies, ticket)
            first = self.moment + 3 * DAY
        elif ticket.kind == "support":
            self.at(self.within(ticket, HOUR, DAY), self.sets, ticket, "class=support", "classed")
            if dice.random() < 0.8:
                self.at(self.within(ticket, DAY, 6 * DAY), self.replies, ticket)
            self.at(self.later(ticket, 8), self.closes, ticket)
            return
        elif ticket.kind == "sandbox":
            if dice.random() < 0.85:
                late = dice.random() < 0.2
                self.at(self.between(ticket, first + HOUR if late else self.moment, first + 4 * DAY if late else first - MINUTE), self.replies, ticket)
            self.at(self.later(ticket, 12), self.closes, ticket)
            return
        elif ticket.kind == "exploited":
            self.exploited(ticket)
        self.evaluation(ticket, first)
        if dice.random() < 0.06:
            key = {"neon": "embargo", "hey": "embargo", "novu": "they-publish"}.get(self.profile)
            if key:
                self.at(self.within(ticket, DAY, 3 * DAY), self.sets, ticket, f"{key}={self.some_day(ticket, 15, 50)}", "planned")

    def first_due(self, ticket):
        due = [run.due for promise, run in self.runs(ticket) if run.due and run.how is None and not promise.get("soft")]
        plain = close_of_business(CASE, reference.nth_business_day(CASE, reference.local_day(self.moment, CASE), 3))[0]
        return min([at for at in due if at - self.moment > 4 * HOUR], default=plain).replace(second=0, microsecond=0)

    def evaluation(self, ticket, first):
        dice, now, roll = ticket.dice, self.moment, ticket.dice.random()
        in_time = first - MINUTE if dice.random() < 0.1 else self.between(ticket, now, first - MINUTE)
        if dice.random() < 0.3:
            self.at(self.between(ticket, now, in_time), self.replies, ticket)
        if roll < 0.06:
            self.at(in_time, self.evaluates, ticket, "investigating", False)
            self.at(self.between(ticket, first - DAY, first + 5 * DAY), self.evaluates, ticket, "accepted", True)
        elif roll < 0.5:
            self.at(in_time, self.evaluates, ticket, "accepted", True)
        elif roll < 0.64:
            self.at(in_time, self.evaluates, ticket, dice.choice(FINAL), False)
        elif roll < 0.76:
            # By half, and the other half in time, late, or never.
            self.at(in_time, self.evaluates, ticket, "accepted", False)
            if dice.random() < 0.8:
                self.at(self.between(ticket, in_time + MINUTE, first + 5 * DAY), self.moves_first, ticket)
            self.at(first + dice.randint(40, 60) * DAY, self.closes, ticket)
        elif roll < 0.92:
            self.at(self.between(ticket, first + MINUTE, first + 9 * DAY), self.evaluates, ticket, "accepted" if dice.random() < 0.7 else dice.choice(FINAL), False)
            self.at(first + dice.randint(30, 50) * DAY, self.closes, ticket)
        elif roll < 0.98:
            self.at(self.between(ticket, first + 15 * DAY, first + 30 * DAY), self.closes, ticket)

    def moves_first(self, ticket):
        """The date that the evaluation did not name."""
        if not ticket.closed and "resolved" not in ticket.names:
            words = ["reply", self.ref(ticket), "--expected", self.some_day(ticket, 8, 40), "--message", str(self.world.dir / "said"), "--yes"]
            if self.act(ticket, words, "answered", "dated"):
                self.work(ticket)

    def exploited(self, ticket):
        dice = ticket.dice
        known = self.moment + dice.random() * 5 * DAY
        self.at(known, self.sets, ticket, "exploited=yes", "exploited")
        for name, hours in (("early-warning", 24), ("notification", 72)):
            if dice.random() < 0.9:
                late = 1.6 if dice.random() < 0.2 else 0.98
                self.at(known + HOUR * hours * (0.1 + dice.random() * 0.88 if late < 1 else late), self.records, ticket, name)
        fixed = known + dice.randint(3, 20) * DAY
        self.at(fixed, self.records, ticket, "fix-available")
        if dice.random() < 0.9:
            self.at(fixed + dice.randint(2, 17) * DAY, self.records, ticket, "final-report")
