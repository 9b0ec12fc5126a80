-- People: the address is made of the name.
UPDATE guests
SET email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Rooms are spread evenly over the kinds.
UPDATE rooms SET type_id = (
    SELECT type_id FROM (
        SELECT type_id, row_number() OVER (ORDER BY name) - 1 AS place FROM room_types
    ) WHERE place = (
        SELECT count(*) FROM rooms AS r WHERE r.room_number < rooms.room_number
    ) % (SELECT count(*) FROM room_types)
);

-- Stays: as many nights as were drawn; those under way began some days ago, those over before that.
UPDATE bookings SET
    leaves_on = add_days(arrives_on, 1 + days_between(add_days(:now, 61), leaves_on));
UPDATE bookings SET
    arrives_on = substr(:now, 1, 10),
    leaves_on = add_days(substr(:now, 1, 10), days_between(arrives_on, leaves_on))
WHERE status = 'reserved' AND arrives_on < add_days(substr(:now, 1, 10), 30)
AND booking_id = (
    SELECT min(b.booking_id) FROM bookings AS b
    WHERE b.guest_id = bookings.guest_id AND b.status = 'reserved'
);
UPDATE bookings SET
    arrives_on = add_days(substr(:now, 1, 10), -1 - unicode(substr(booking_id, 10)) % 4),
    leaves_on = add_days(substr(:now, 1, 10), days_between(arrives_on, leaves_on) - 1)
WHERE status = 'checked in';

-- One room for each guest in the house; who would have none has left.
UPDATE bookings SET room_number = NULL;
UPDATE bookings SET status = 'checked out' WHERE status = 'checked in' AND (
    SELECT count(*) FROM bookings AS b
    WHERE b.type_id = bookings.type_id AND b.status = 'checked in'
    AND b.booking_id <= bookings.booking_id
) > (
    SELECT count(*) FROM rooms AS r WHERE r.type_id = bookings.type_id AND r.status != 'closed'
);
UPDATE bookings SET room_number = (
    SELECT room_number FROM (
        SELECT r.room_number, r.type_id,
            row_number() OVER (PARTITION BY r.type_id ORDER BY r.room_number) AS place
        FROM rooms AS r WHERE r.status != 'closed'
    ) AS ranked WHERE ranked.type_id = bookings.type_id AND ranked.place = (
        SELECT count(*) FROM bookings AS b
        WHERE b.type_id = bookings.type_id AND b.status = 'checked in'
        AND b.booking_id <= bookings.booking_id
    )
) WHERE status = 'checked in';
UPDATE rooms SET status = 'occupied' WHERE room_number IN (
    SELECT room_number FROM bookings WHERE status = 'checked in'
);
UPDATE bookings SET
    arrives_on = add_days(arrives_on, -50),
    leaves_on = add_days(leaves_on, -50),
    room_number = (SELECT max(room_number) FROM rooms AS r WHERE r.type_id = bookings.type_id)
WHERE status = 'checked out';

-- No night is sold twice: reservations that found no room were cancelled.
UPDATE bookings SET status = 'cancelled' WHERE status = 'reserved' AND (
    SELECT count(*) FROM bookings AS b
    WHERE b.type_id = bookings.type_id
    AND (b.status = 'checked in'
        OR b.status = 'reserved' AND b.booking_id < bookings.booking_id)
    AND b.arrives_on < bookings.leaves_on AND b.leaves_on > bookings.arrives_on
) >= (
    SELECT count(*) FROM rooms AS r WHERE r.type_id = bookings.type_id AND r.status != 'closed'
);

-- A guest does not arrive twice on one day.
UPDATE bookings SET status = 'cancelled' WHERE status = 'reserved' AND EXISTS (
    SELECT 1 FROM bookings AS b WHERE b.guest_id = bookings.guest_id AND b.status = 'reserved'
    AND b.arrives_on = bookings.arrives_on AND b.booking_id < bookings.booking_id
);

-- A room is ready for those who arrive today.
UPDATE rooms SET status = 'ready' WHERE status = 'cleaning' AND EXISTS (
    SELECT 1 FROM bookings AS b WHERE b.type_id = rooms.type_id
    AND b.status = 'reserved' AND b.arrives_on = substr(:now, 1, 10)
) AND NOT EXISTS (
    SELECT 1 FROM rooms AS r WHERE r.type_id = rooms.type_id AND r.status = 'ready'
);

-- Extras of cancelled bookings are off the bill; each booking has an extra once.
DELETE FROM charges WHERE EXISTS (
    SELECT 1 FROM charges AS c WHERE c.booking_id = charges.booking_id
    AND c.service_id = charges.service_id AND c.charge_id < charges.charge_id
);
UPDATE charges SET status = 'removed' WHERE booking_id IN (
    SELECT booking_id FROM bookings WHERE status = 'cancelled'
);
UPDATE charges SET
    name = (SELECT name FROM services AS s WHERE s.service_id = charges.service_id),
    quantity = min(
        quantity, (SELECT most FROM services AS s WHERE s.service_id = charges.service_id)
    );
UPDATE charges SET
    amount = quantity * (SELECT price FROM services AS s WHERE s.service_id = charges.service_id);

-- Money: saver costs a tenth less; who has left has paid; some pay the first night ahead.
UPDATE bookings SET
    party = min(party, (SELECT sleeps FROM room_types AS t WHERE t.type_id = bookings.type_id)),
    rate = (
        SELECT CASE bookings.plan WHEN 'saver' THEN t.rate - t.rate / 10 ELSE t.rate END
        FROM room_types AS t WHERE t.type_id = bookings.type_id
    ),
    extras = coalesce((
        SELECT sum(amount) FROM charges AS c
        WHERE c.booking_id = bookings.booking_id AND c.status = 'posted'
    ), 0);
UPDATE bookings SET
    room_total = CASE
        WHEN status = 'cancelled' AND plan = 'flexible' THEN 0
        ELSE rate * days_between(arrives_on, leaves_on)
    END;
UPDATE bookings SET
    paid = CASE
        WHEN status = 'checked out' THEN room_total + extras
        WHEN status = 'cancelled' THEN room_total
        WHEN status = 'checked in' THEN paid * (room_total + extras)
        ELSE paid * rate
    END;
UPDATE bookings SET balance = room_total + extras - paid;

-- Dinners: in the evening, on days of the stay, one reservation a booking and evening.
UPDATE sittings SET starts_at = substr(starts_at, 1, 10) || CASE
    WHEN substr(starts_at, 15, 2) < '30' THEN 'T18:30:00' ELSE 'T20:00:00'
END;
DELETE FROM dinners WHERE (
    SELECT count(*) FROM dinners AS d WHERE d.dinner_id <= dinners.dinner_id
) > (
    SELECT count(*) FROM bookings AS b JOIN sittings AS s
    ON substr(s.starts_at, 1, 10) BETWEEN b.arrives_on AND b.leaves_on
    WHERE b.status IN ('reserved', 'checked in')
);
UPDATE dinners SET booking_id = (
    SELECT booking_id FROM (
        SELECT b.booking_id, row_number() OVER (
            ORDER BY unicode(substr(b.booking_id, 10)) * unicode(substr(s.sitting_id, 11)) % 17,
            b.booking_id, s.name
        ) AS place
        FROM bookings AS b JOIN sittings AS s
        ON substr(s.starts_at, 1, 10) BETWEEN b.arrives_on AND b.leaves_on
        WHERE b.status IN ('reserved', 'checked in')
    ) WHERE place = (SELECT count(*) FROM dinners AS d WHERE d.dinner_id <= dinners.dinner_id)
), sitting_id = (
    SELECT sitting_id FROM (
        SELECT s.sitting_id, row_number() OVER (
            ORDER BY unicode(substr(b.booking_id, 10)) * unicode(substr(s.sitting_id, 11)) % 17,
            b.booking_id, s.name
        ) AS place
        FROM bookings AS b JOIN sittings AS s
        ON substr(s.starts_at, 1, 10) BETWEEN b.arrives_on AND b.leaves_on
        WHERE b.status IN ('reserved', 'checked in')
    ) WHERE place = (SELECT count(*) FROM dinners AS d WHERE d.dinner_id <= dinners.dinner_id)
);
UPDATE dinners SET
    name = (SELECT name FROM sittings AS s WHERE s.sitting_id = dinners.sitting_id),
    people = min(people, (SELECT party FROM bookings AS b WHERE b.booking_id = dinners.booking_id));
UPDATE sittings SET seats_left = seats - coalesce((
    SELECT sum(people) FROM dinners AS d
    WHERE d.sitting_id = sittings.sitting_id AND d.status = 'reserved'
), 0);
UPDATE sittings SET seats = seats - seats_left, seats_left = 0 WHERE seats_left < 0;
