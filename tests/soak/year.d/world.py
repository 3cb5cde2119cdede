"""The world of tests/soak/year: the servers, their clock, gatepost, and the calendar of the
team. The clock goes forward only, and all processes share it."""

import json
import os
import re
import shutil
import smtplib
import subprocess
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
START = datetime(2027, 1, 4, 8, 0, tzinfo=timezone.utc)
# The turns of a visit are over by then; a first word of a report may be gathered.
SOON = timedelta(seconds=90)
GATHERED = timedelta(minutes=15) + SOON
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEAM = {"anna": "anna@example.com", "ben": "ben@example.com", "dora": "dora@example.com"}
SECOND = {"carla": "carla@example.com"}
EVERYBODY = TEAM | SECOND
SECURITY, SHIELD, SANDBOX = "security@example.org", "shield@example.org", "sandbox@example.org"
PLATFORM = "reports@example.com"
FINAL = ["out-of-scope", "not-a-vulnerability", "not-reproducible"]


def holidays():
    """The days of holidays.ics: single days, stretches, and yearly ones."""
    days = set()
    for event in (TOP / "tests/soak/year.d/holidays.ics").read_text().split("BEGIN:VEVENT")[1:]:
        first, last = (re.search(rf"{key};VALUE=DATE:(\d+)", event) for key in ("DTSTART", "DTEND"))
        day = datetime.strptime(first[1], "%Y%m%d").date()
        end = datetime.strptime(last[1], "%Y%m%d").date() if last else day + DAY
        years = range(2026, 2031) if "FREQ=YEARLY" in event else [day.year]
        days |= {(day + n * DAY).replace(year=y).isoformat() for y in years for n in range((end - day).days)}
    return days


CASE = {
    "zone": "Europe/London", "weekend": [5, 6], "open": "09:00", "close": "17:00",
    "holidays": holidays(), "half_days": {"2027-12-24": "13:00"},
}


class Differs(Exception):
    """What is not as it should be."""


class World:
    """The servers, their clock, and gatepost."""

    def __init__(self, profile, binary):
        self.dir = Path(tempfile.mkdtemp(prefix=f"gatepost-year-{profile}."))
        self.dir.chmod(0o711)
        self.office, self.binary = self.dir / "office", binary
        subprocess.run([TOP / "docker/post-office", "get"], check=True, stdout=subprocess.DEVNULL)
        self.script("start", "--fake-time", START.strftime("%Y-%m-%d %H:%M"))
        self.ports = dict(line.split("=") for line in (self.office / "ports").read_text().split())
        clock = re.findall(r"^(\w+)='(.*)'$", (self.office / "faketime.env").read_text(), re.M)
        self.environment = {**os.environ, **dict(clock), "NO_COLOR": "1"}
        for name in ("GATEPOST_CONFIG", "GATEPOST_LOG"):
            self.environment.pop(name, None)
        self.offset = int((self.office / "clock").read_text())
        self.write("password", "letter-box\n")
        self.write("said", "We are at it and tell you more as soon as we know it.\n")
        shutil.copy(TOP / "tests/soak/year.d/holidays.ics", self.dir)
        (self.dir / "holidays.ics").chmod(0o600)
        self.write("gatepost.toml", self.config(profile))
        self.run("init")

    def script(self, command, *words):
        subprocess.run([TOP / "docker/post-office", command, self.office, *words], check=True, stdout=subprocess.DEVNULL)

    def write(self, name, text):
        (self.dir / name).write_text(text)
        (self.dir / name).chmod(0o600)

    def config(self, profile):
        people = "".join(
            f'[[team]]\nname = "{name}"\naddress = "{address}"\nsecond_line = {str(name in SECOND).lower()}\n'
            for name, address in EVERYBODY.items())
        server = f'host = "localhost"\nport = %s\nuser = "{SECURITY}"\npassword_file = "password"\nroots = "{self.office}/ca.pem"\n'
        classes = {"hey": [(SHIELD, "attack")], "novu": [(SANDBOX, "sandbox-request")]}.get(profile, [])
        aliases = ", ".join(f'{{ address = "{address}", class = "{name}" }}' for address, name in classes)
        platform = f'[[platform]]\nname = "bounty"\nfrom = "{PLATFORM}"\nid = "Report #*:"\nclass = "platform"\n'
        return (
            f'store = "store/gatepost.db"\npolicy = "{profile}"\n[organisation]\nname = "Example"\n'
            f'page = "https://example.org/security"\nsupport = "help@example.org"\nsafe_harbour = true\n{people}'
            f'[[mailbox]]\nname = "security"\naddress = "{SECURITY}"\nauthserv_id = "mx.example.org"\n'
            f'aliases = [{aliases}]\n{server % self.ports["imaps"]}'
            f'[smtp]\ngrace = "0 s"\n{server % self.ports["smtps"]}'
            f'[calendar]\nzone = "Europe/London"\nhours = "09:00-17:00"\nholiday_files = ["holidays.ics"]\n'
            f'half_days = [{{ date = "2027-12-24", closes = "13:00" }}]\nholidays = []\n'
            + (platform if profile == "hey" else ""))

    def now(self):
        return datetime.fromtimestamp(time.time() + self.offset, timezone.utc)

    def clock(self, when):
        """Moves it forward to `when`, as `docker/post-office clock` does; never back. Postfix
        gives up a delivery that is under way when its time jumps, so that one ends first."""
        queues = [self.office / "spool" / name for name in ("maildrop", "incoming", "active")]
        self.wait("every letter is delivered", lambda: not any(any(os.scandir(queue)) for queue in queues))
        offset = int(when.timestamp()) - int(time.time())
        if offset > self.offset:
            (self.office / "clock.new").write_text(f"{offset:+d}\n")
            (self.office / "clock.new").chmod(0o644)
            (self.office / "clock.new").rename(self.office / "clock")
            self.offset = offset

    def call(self, *words, who="anna"):
        command = [self.binary, "--config", self.dir / "gatepost.toml", "--as", who, *words]
        return subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def run(self, *words, who="anna"):
        done = self.call(*words, who=who)
        if done.returncode:
            raise Differs(f"gatepost {' '.join(words)}: code {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def json(self, *words):
        return json.loads(self.run(*words, "--json"))

    def files(self, user):
        box = self.office / "mail" / user
        return [file for folder in ("new", "cur") for file in (box / folder).glob("*")]

    def deliver(self, sender, mail):
        before = len(self.files(SECURITY))
        # Under libfaketime a server's process may hang in a lock; a mail that it did not
        # take is posted to another.
        for last in (False, False, True):
            try:
                with smtplib.SMTP("127.0.0.1", int(self.ports["smtp"]), timeout=20) as smtp:
                    smtp.sendmail(sender, [SECURITY], mail.encode())
                break
            except OSError as why:
                if last:
                    raise Differs(f"the mail cannot be posted: {why}") from why
        self.wait("the mail lies in its mailbox", lambda: len(self.files(SECURITY)) > before)

    def wait(self, what, holds):
        end = time.monotonic() + 60
        while not holds():
            if time.monotonic() > end:
                raise Differs(f"waited 60 s in vain: {what}")
            time.sleep(0.005)

    def end(self, keep):
        self.script("stop")
        if not keep:
            shutil.rmtree(self.dir)
