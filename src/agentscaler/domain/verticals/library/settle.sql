-- People: the address is made of the name.
UPDATE members
SET email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Loans: a copy is out once; nobody has a book twice or more than the card allows.
UPDATE loans SET title = (
    SELECT b.title FROM copies AS c JOIN books AS b ON b.book_id = c.book_id
    WHERE c.copy_id = loans.copy_id
);
UPDATE loans SET status = 'returned' WHERE status = 'open' AND EXISTS (
    SELECT 1 FROM loans AS l WHERE l.status = 'open' AND l.loan_id < loans.loan_id
    AND (l.copy_id = loans.copy_id OR l.member_id = loans.member_id AND l.title = loans.title)
);
UPDATE loans SET status = 'returned' WHERE status = 'open' AND (
    SELECT count(*) FROM loans AS l WHERE l.status = 'open'
    AND l.member_id = loans.member_id AND l.loan_id <= loans.loan_id
) > 3;
UPDATE loans SET lent_on = add_days(lent_on, -60) WHERE status = 'returned';
UPDATE loans SET due_on = add_days(lent_on, 28 + 14 * renewals);
UPDATE copies SET status = 'available' WHERE status IN ('on loan', 'kept');
UPDATE copies SET status = 'on loan' WHERE copy_id IN (
    SELECT copy_id FROM loans WHERE status = 'open'
);

-- Holds: one a member and book, three a member, none on a book that the member has.
UPDATE holds SET
    title = (SELECT title FROM books AS b WHERE b.book_id = holds.book_id),
    copy_id = NULL;
UPDATE holds SET status = 'cancelled' WHERE status IN ('waiting', 'ready') AND (
    EXISTS (
        SELECT 1 FROM holds AS h WHERE h.status IN ('waiting', 'ready')
        AND h.member_id = holds.member_id AND h.book_id = holds.book_id
        AND h.hold_id < holds.hold_id
    )
    OR EXISTS (
        SELECT 1 FROM loans AS l WHERE l.status = 'open'
        AND l.member_id = holds.member_id AND l.title = holds.title
    )
);
UPDATE holds SET status = 'cancelled' WHERE status IN ('waiting', 'ready') AND (
    SELECT count(*) FROM holds AS h WHERE h.status IN ('waiting', 'ready')
    AND h.member_id = holds.member_id AND h.hold_id <= holds.hold_id
) > 3;

-- Ready ones have an available copy, kept where it is picked up; the others of the kind wait.
UPDATE holds SET copy_id = (
    SELECT copy_id FROM (
        SELECT c.copy_id, c.book_id,
            row_number() OVER (PARTITION BY c.book_id ORDER BY c.copy_id) AS place
        FROM copies AS c WHERE c.status = 'available'
    ) AS ranked WHERE ranked.book_id = holds.book_id AND ranked.place = (
        SELECT count(*) FROM holds AS h WHERE h.status = 'ready'
        AND h.book_id = holds.book_id AND h.hold_id <= holds.hold_id
    )
) WHERE status = 'ready';
UPDATE holds SET status = 'waiting' WHERE status = 'ready' AND copy_id IS NULL;
UPDATE holds SET pickup_by = NULL WHERE status != 'ready';
UPDATE copies SET status = 'kept', branch = (
    SELECT branch FROM holds AS h WHERE h.copy_id = copies.copy_id
) WHERE copy_id IN (SELECT copy_id FROM holds WHERE copy_id IS NOT NULL);

-- Books that somebody waits for have no available copy; where none is out, nobody waits.
DELETE FROM loans WHERE copy_id IN (
    SELECT c.copy_id FROM copies AS c JOIN holds AS h ON h.book_id = c.book_id
    WHERE c.status = 'available' AND h.status = 'waiting' AND EXISTS (
        SELECT 1 FROM copies AS out WHERE out.book_id = c.book_id AND out.status = 'on loan'
    )
);
DELETE FROM copies WHERE status = 'available' AND EXISTS (
    SELECT 1 FROM copies AS out WHERE out.book_id = copies.book_id AND out.status = 'on loan'
) AND book_id IN (SELECT book_id FROM holds WHERE status = 'waiting');
UPDATE holds SET status = 'collected' WHERE status = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM copies AS out WHERE out.book_id = holds.book_id AND out.status = 'on loan'
);

-- Events: those who are signed up may come, once each.
UPDATE events SET starts_at = substr(starts_at, 1, 10) || CASE audience
    WHEN 'children' THEN 'T15:30:00' WHEN 'adults' THEN 'T19:00:00' ELSE 'T17:00:00'
END;
DELETE FROM registrations WHERE EXISTS (
    SELECT 1 FROM registrations AS r WHERE r.event_id = registrations.event_id
    AND r.member_id = registrations.member_id AND r.registration_id < registrations.registration_id
);
DELETE FROM registrations WHERE
    (SELECT audience FROM events AS e WHERE e.event_id = registrations.event_id) = CASE (
        SELECT category FROM members AS m WHERE m.member_id = registrations.member_id
    ) WHEN 'child' THEN 'adults' ELSE 'children' END;
UPDATE registrations SET
    name = (SELECT name FROM events AS e WHERE e.event_id = registrations.event_id);
UPDATE events SET seats_left = seats - (
    SELECT count(*) FROM registrations AS r
    WHERE r.event_id = events.event_id AND r.status = 'signed up'
);
UPDATE events SET seats = seats - seats_left, seats_left = 0 WHERE seats_left < 0;
