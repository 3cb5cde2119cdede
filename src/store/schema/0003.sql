-- Who wrote a mail, what a folder is for, and what belongs together.

-- Mail of the team that reached the reporter of this ticket and does not say that it is
-- about it: a person says.
CREATE TABLE asks (
    ticket INTEGER NOT NULL REFERENCES tickets (id),
    mail   INTEGER NOT NULL REFERENCES mails (id),
    PRIMARY KEY (ticket, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX people_by_address ON people (address);

-- What labelled lines of mail made true: each is told in a digest.
CREATE INDEX facts_of_mail ON facts (written_at) WHERE fact IN ('evaluated', 'dated') AND mail IS NOT NULL;

-- What a folder is for: inbox (mail arrives there), junk, sent. One that was watched and is
-- not any more, by the config or because the server has it no longer, keeps its rows.
ALTER TABLE folders ADD COLUMN role TEXT NOT NULL DEFAULT 'inbox';
ALTER TABLE folders ADD COLUMN watched INTEGER NOT NULL DEFAULT 1;

-- Folders that are to be watched and have no baseline, as the last login found them: they
-- are not read, and health says so.
CREATE TABLE unread (
    mailbox TEXT NOT NULL,
    name    TEXT NOT NULL,
    role    TEXT NOT NULL,
    PRIMARY KEY (mailbox, name)
) STRICT, WITHOUT ROWID;

-- Whether our mail server vouches for who wrote a mail: pass, none, fail; and how we know.
ALTER TABLE mails ADD COLUMN authentication TEXT NOT NULL DEFAULT 'none';
ALTER TABLE mails ADD COLUMN authentication_because TEXT NOT NULL DEFAULT 'taken in before gatepost read it';

-- The reports of platforms, by the ids that the platforms give them.
CREATE TABLE platform_reports (
    platform TEXT NOT NULL,         -- its name in the config
    report   TEXT NOT NULL,
    ticket   INTEGER NOT NULL REFERENCES tickets (id),
    PRIMARY KEY (platform, report)
) STRICT, WITHOUT ROWID;

-- What was found among junk waits aside, and is counted each morning.
CREATE INDEX tickets_in_junk ON tickets (id) WHERE stage = 'junk';

-- The acknowledgement answers a mail whose authentication passed: the caps count it apart.
ALTER TABLE letters ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;
-- What is held, counted by its reason.
CREATE INDEX letters_held ON letters (held_because, created_at) WHERE state = 'held';

-- Reports that look alike. A mark is a word of the sign and its value: the digest of the
-- text ("text 1f…"), samples of its runs of words, what it names ("cve CVE-2026-1234",
-- "host app.example.org"). Marks only suggest: nothing is ever merged by them.
CREATE TABLE marks (
    mark TEXT NOT NULL,
    mail INTEGER NOT NULL REFERENCES mails (id) ON DELETE CASCADE,
    PRIMARY KEY (mark, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_of_mail ON marks (mail);
-- Mails from before there were marks get theirs a few at a time.
ALTER TABLE mails ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mails_unmarked ON mails (id) WHERE marked = 0;
-- Which reports name this one, as duplicates do.
CREATE INDEX facts_that_point ON facts (data ->> '$.value') WHERE fact = 'set' AND data ->> '$.field' = 'see';

-- Which messages of the baseline belong together, and what each says of itself, as its
-- server told when the baseline was taken. What was asked for since is taken in as a mail
-- of that ticket, and has no row here from then on.
ALTER TABLE baseline ADD COLUMN conversation INTEGER;
ALTER TABLE baseline ADD COLUMN author TEXT;
ALTER TABLE baseline ADD COLUMN subject TEXT;
ALTER TABLE baseline ADD COLUMN received_at TEXT;
ALTER TABLE baseline ADD COLUMN ours INTEGER NOT NULL DEFAULT 0;
ALTER TABLE baseline ADD COLUMN asked_for INTEGER REFERENCES tickets (id);
CREATE INDEX baseline_by_conversation ON baseline (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX baseline_asked_for ON baseline (folder) WHERE asked_for IS NOT NULL;

CREATE TABLE conversations (
    id     INTEGER PRIMARY KEY,
    ticket INTEGER REFERENCES tickets (id)   -- the one that continues it
) STRICT;

-- The Message-IDs of its messages, and those that they cite.
CREATE TABLE conversation_ids (
    message_id   TEXT PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ids_by_conversation ON conversation_ids (conversation);

-- Who wrote in it, and whom we wrote to; none of us.
CREATE TABLE conversation_people (
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    address      TEXT NOT NULL,
    PRIMARY KEY (conversation, address)
) STRICT, WITHOUT ROWID;
