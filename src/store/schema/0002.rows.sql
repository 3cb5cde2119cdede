INSERT INTO staged VALUES (1, 7, 9, 0, x'00');
INSERT INTO alarms (key, text, since) VALUES ('SEC-2027-0001/respond', 'answer', '2027-05-06T16:00:00.000Z');
INSERT INTO away VALUES (1, 'anna', '2027-05-10', '2027-05-21', 'ben', 'anna', '2027-05-04T08:00:00.000Z');
