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
