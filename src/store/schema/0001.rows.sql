INSERT INTO meta VALUES ('trouble/smtp', '2027-04-30T15:40:01.000Z');
INSERT INTO policies VALUES ('d1', 'neon', '2024-12-04', 'text', '2027-04-30T15:40:01.000Z');
INSERT INTO folders VALUES (1, 'security', 'INBOX', 7, '2027-04-01T08:00:00.000Z', '2027-04-30T15:40:01.000Z');
INSERT INTO baseline VALUES (1, 7, 1);
INSERT INTO attempts VALUES (1, 7, 9, 1, '2027-04-30T15:40:01.000Z');
INSERT INTO tickets VALUES (1, 'SEC-2027-0001', 'amber-heron', 'security', NULL, 'd1', '2027-04-30T15:40:01.000Z', 's',
    'mia@example.net', 'M.', NULL, 'new', NULL, NULL, NULL, 0, '2027-05-06T16:00:00.000Z', 1);
INSERT INTO mails VALUES (1, 1, 7, 2, '2027-04-30T15:40:01.000Z', '2027-04-30T15:40:02.000Z', 5, 5, 'd', '<1@example.net>',
    'mia@example.net', 'M.', 's', 'person', 'b', 'new', 'b', 'acknowledge', 'b', '', 1, NULL);
INSERT INTO citations VALUES ('<0@example.net>', 1);
INSERT INTO bodies VALUES (1, 0, x'00');
INSERT INTO people VALUES (1, 'mia@example.net');
INSERT INTO facts VALUES (1, 1, '2027-04-30T15:40:01.000Z', '2027-04-30T15:40:02.000Z', 'received', 'gatepost', NULL, 1,
    '{"fact":"received"}', 'dd', 'h');
INSERT INTO deadlines VALUES (1, 'respond', 1, '2027-04-30T15:40:01.000Z', '2027-05-06T16:00:00.000Z',
    '2027-05-05T08:00:00.000Z', '[]', 1, '2027-05-05T08:00:00.000Z');
INSERT INTO letters VALUES (1, 1, 'acknowledgement', 'security@example.org', 'mia@example.net', 'mia@example.net', 'example.net',
    'queued', NULL, 'gatepost', '[]', '<a@example.org>', 's', 'b', x'00', '2027-04-30T15:40:02.000Z', '2027-04-30T15:40:02.000Z',
    '2027-04-30T15:40:02.000Z', 0, 0, NULL, NULL, NULL);
INSERT INTO reminders VALUES ('remind/SEC-2027-0001/respond/at-once/anna', '2027-04-30T15:40:02.000Z', NULL);
