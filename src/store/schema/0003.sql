-- Who wrote a mail, what a folder is for, and what belongs together.

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

-- What was found among junk waits aside, and is counted each morning.
CREATE INDEX tickets_in_junk ON tickets (id) WHERE stage = 'junk';
