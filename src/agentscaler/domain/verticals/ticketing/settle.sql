-- Patrons: the address is made of the name.
UPDATE patrons
SET email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Performances: each show in turn; afternoons and evenings; one of them is tonight.
UPDATE performances SET show_id = (
    SELECT show_id FROM (SELECT show_id, row_number() OVER (ORDER BY show_id) AS place FROM shows)
    WHERE place = 1 + (
        SELECT count(*) FROM performances AS p WHERE p.performance_id < performances.performance_id
    ) % (SELECT count(*) FROM shows)
);
UPDATE performances SET scheduled_at = add_days(scheduled_at, 20)
WHERE status = 'cancelled' AND scheduled_at < add_days(:now, 2);
UPDATE performances SET scheduled_at = add_days(scheduled_at, 25)
WHERE scheduled_at < :now AND performance_id >= (SELECT min(performance_id) FROM (
    SELECT performance_id FROM performances ORDER BY performance_id LIMIT -1 OFFSET 3
));
UPDATE performances SET scheduled_at = :now
WHERE performance_id = (SELECT min(performance_id) FROM performances WHERE status = 'on_sale');
UPDATE performances SET scheduled_at = substr(scheduled_at, 1, 10)
    || CASE WHEN substr(scheduled_at, 12, 2) < '11' THEN 'T15:00:00' ELSE 'T19:30:00' END;
UPDATE performances SET scheduled_at = substr(:now, 1, 10) || 'T19:30:00'
WHERE performance_id = (SELECT min(performance_id) FROM performances WHERE status = 'on_sale');
UPDATE performances SET scheduled_at = add_days(scheduled_at, 1) WHERE EXISTS (
    SELECT 1 FROM performances AS p WHERE p.show_id = performances.show_id
    AND p.scheduled_at = performances.scheduled_at AND p.performance_id < performances.performance_id
);
UPDATE performances SET status = 'over' WHERE scheduled_at < :now;

-- Sections: three for each performance; a seat costs the same on every night of a show.
UPDATE sections SET
    performance_id = (
        SELECT performance_id FROM (
            SELECT performance_id, row_number() OVER (ORDER BY performance_id) AS place
            FROM performances
        ) WHERE place = 1 + (
            SELECT count(*) FROM sections AS s WHERE s.section_id < sections.section_id
        ) / 3
    ),
    name = CASE (SELECT count(*) FROM sections AS s WHERE s.section_id < sections.section_id) % 3
        WHEN 0 THEN 'stalls' WHEN 1 THEN 'circle' ELSE 'balcony' END;
UPDATE sections SET price = (
    SELECT max(18, 20 + length(sh.title)) FROM performances AS p JOIN shows AS sh
    ON sh.show_id = p.show_id WHERE p.performance_id = sections.performance_id
) + CASE name WHEN 'stalls' THEN 12 WHEN 'circle' THEN 5 ELSE -6 END;

-- Bookings: one for each patron and performance; holds are fresh and for nights to come; somebody
-- has paid for a night that the house cancelled.
UPDATE bookings SET status = 'paid', section_id = (
    SELECT min(s.section_id) FROM sections AS s
    JOIN performances AS p ON p.performance_id = s.performance_id WHERE p.status = 'cancelled'
) WHERE booking_id IN (SELECT booking_id FROM bookings ORDER BY booking_id LIMIT 2);
DELETE FROM bookings WHERE EXISTS (
    SELECT 1 FROM bookings AS b
    JOIN sections AS s ON s.section_id = b.section_id
    JOIN sections AS o ON o.section_id = bookings.section_id
    WHERE b.patron_id = bookings.patron_id AND s.performance_id = o.performance_id
    AND b.booking_id < bookings.booking_id
);
UPDATE bookings SET status = 'paid' WHERE status = 'held' AND NOT EXISTS (
    SELECT 1 FROM sections AS s JOIN performances AS p ON p.performance_id = s.performance_id
    WHERE s.section_id = bookings.section_id AND p.status = 'on_sale'
);
UPDATE bookings SET
    hold_until = CASE status WHEN 'held' THEN hold_until END,
    payment = CASE status WHEN 'paid' THEN payment END,
    fee = (SELECT CASE membership WHEN 'guest' THEN 3 ELSE 0 END
        FROM patrons AS p WHERE p.patron_id = bookings.patron_id);
UPDATE bookings SET booked_on = substr(add_days(hold_until, -2), 1, 10) WHERE status = 'held';
UPDATE bookings SET total = fee + seats * (
    SELECT price FROM sections AS s WHERE s.section_id = bookings.section_id
);

-- The waiting list: one entry for each patron and section; offers are for nights on sale.
DELETE FROM waitlist_entries WHERE EXISTS (
    SELECT 1 FROM waitlist_entries AS w WHERE w.patron_id = waitlist_entries.patron_id
    AND w.section_id = waitlist_entries.section_id AND w.entry_id < waitlist_entries.entry_id
);
UPDATE waitlist_entries SET status = 'left'
WHERE status IN ('waiting', 'offered') AND NOT EXISTS (
    SELECT 1 FROM sections AS s JOIN performances AS p ON p.performance_id = s.performance_id
    WHERE s.section_id = waitlist_entries.section_id AND p.status = 'on_sale'
);
UPDATE waitlist_entries SET offer_until = CASE status WHEN 'offered' THEN offer_until END;

-- Seats: where people wait none are left; season tickets take what the rest does not.
UPDATE sections SET seats_left = 0 WHERE EXISTS (
    SELECT 1 FROM waitlist_entries AS w
    WHERE w.section_id = sections.section_id AND w.status = 'waiting'
);
UPDATE sections SET season_seats = capacity - seats_left
    - coalesce((SELECT sum(seats) FROM bookings AS b
        WHERE b.section_id = sections.section_id AND b.status != 'cancelled'), 0)
    - coalesce((SELECT sum(seats) FROM waitlist_entries AS w
        WHERE w.section_id = sections.section_id AND w.status = 'offered'), 0);
