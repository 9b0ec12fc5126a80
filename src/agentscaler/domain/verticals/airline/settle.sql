UPDATE travellers
SET email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Flights: from one airport to another; those in the past have departed or were cancelled.
UPDATE flights SET destination = coalesce(
    (SELECT min(airport) FROM airports AS a WHERE a.airport > flights.origin),
    (SELECT min(airport) FROM airports)
) WHERE origin = destination;
UPDATE flights SET departs_at = substr(add_days(:now, 1), 1, 10) || 'T0' || (
    SELECT 6 + count(*) % 3 FROM flights AS f WHERE f.flight_id <= flights.flight_id
) || ':40:00' WHERE (SELECT count(*) FROM flights AS f WHERE f.flight_id <= flights.flight_id) % 4 = 1;
UPDATE flights SET departs_at = add_days(:now, 1) WHERE flight_id = (
    SELECT min(flight_id) FROM flights WHERE status = 'scheduled'
);
UPDATE flights SET
    delay = CASE status WHEN 'delayed' THEN delay ELSE 0 END,
    status = CASE WHEN departs_at <= :now AND status != 'cancelled' THEN 'departed' ELSE status END;

-- Every second flight is on the same route, so that there is one to change to.
UPDATE flights SET origin = (SELECT min(airport) FROM airports),
    destination = (SELECT max(airport) FROM airports)
WHERE (SELECT count(*) FROM flights AS f WHERE f.flight_id <= flights.flight_id) % 2 = 0;

-- Bookings: one live booking of a traveller on a flight; what their status says is so.
UPDATE bookings SET status = 'cancelled' WHERE EXISTS (
    SELECT 1 FROM bookings AS b
    WHERE b.traveller_id = bookings.traveller_id AND b.flight_id = bookings.flight_id
    AND b.booking_id < bookings.booking_id
);
UPDATE bookings SET status = CASE
    WHEN status = 'cancelled' THEN 'cancelled'
    WHEN (SELECT status FROM flights AS f WHERE f.flight_id = bookings.flight_id) = 'departed'
        THEN 'flown'
    WHEN status = 'flown' THEN 'ticketed'
    ELSE status
END;
UPDATE bookings SET
    made_on = min(made_on, (
        SELECT substr(add_days(departs_at, -2), 1, 10) FROM flights AS f
        WHERE f.flight_id = bookings.flight_id
    )),
    price = (SELECT fare FROM flights AS f WHERE f.flight_id = bookings.flight_id)
        + CASE fare_type WHEN 'flex' THEN 40 ELSE 0 END,
    bags = CASE status WHEN 'held' THEN 0 ELSE bags END,
    hold_until = CASE status WHEN 'held' THEN hold_until END;
UPDATE bookings SET made_on = substr(add_days(hold_until, -1), 1, 10) WHERE status = 'held';

-- The last moment counts: one hold ends now, one travel credit today.
UPDATE bookings SET hold_until = :now, made_on = substr(add_days(:now, -1), 1, 10)
WHERE booking_id = (SELECT min(booking_id) FROM bookings WHERE status = 'held');
UPDATE credits SET expires_on = substr(:now, 1, 10)
WHERE credit_id = (SELECT min(credit_id) FROM credits WHERE status = 'open');

-- Seats: a number once on a flight, held by at most one live booking of that flight.
DELETE FROM seats WHERE EXISTS (
    SELECT 1 FROM seats AS s
    WHERE s.flight_id = seats.flight_id AND s.seat_no = seats.seat_no AND s.seat_id < seats.seat_id
);
UPDATE seats SET
    kind = CASE WHEN seat_no LIKE '1_' OR seat_no LIKE '7_' THEN 'legroom'
        WHEN seat_no LIKE '%A' OR seat_no LIKE '%F' THEN 'window' ELSE 'aisle' END,
    booking_id = NULL;
UPDATE seats SET fee = CASE kind WHEN 'legroom' THEN 25 ELSE 9 END;
UPDATE seats SET booking_id = (
    SELECT b.booking_id FROM bookings AS b
    WHERE b.flight_id = seats.flight_id AND b.status IN ('ticketed', 'checked_in', 'flown')
    AND (
        SELECT count(*) FROM bookings AS o
        WHERE o.flight_id = b.flight_id AND o.status IN ('ticketed', 'checked_in', 'flown')
        AND o.booking_id <= b.booking_id
    ) = (
        SELECT count(*) FROM seats AS o
        WHERE o.flight_id = seats.flight_id AND o.seat_id <= seats.seat_id
    )
);
UPDATE bookings SET status = 'ticketed' WHERE status = 'checked_in' AND NOT (
    EXISTS (SELECT 1 FROM seats AS s WHERE s.booking_id = bookings.booking_id)
    AND EXISTS (
        SELECT 1 FROM flights AS f WHERE f.flight_id = bookings.flight_id
        AND f.status IN ('scheduled', 'delayed') AND add_days(f.departs_at, -1) <= :now
    )
);
UPDATE bookings SET
    extras = 30 * max(0, bags - CASE fare_type WHEN 'flex' THEN 1 ELSE 0 END) + coalesce(
        (SELECT fee FROM seats AS s WHERE s.booking_id = bookings.booking_id), 0
    );
UPDATE bookings SET refunded =
    CASE WHEN status = 'cancelled' AND fare_type = 'flex' THEN price + extras ELSE 0 END;
UPDATE flights SET capacity = seats_left + (
    SELECT count(*) FROM bookings AS b WHERE b.flight_id = flights.flight_id
    AND b.status IN ('held', 'ticketed', 'checked_in', 'flown')
);

-- Credits that were used up had not expired then; claims are for flights that went wrong.
UPDATE claims SET booking_id = coalesce((
    SELECT booking_id FROM (
        SELECT b.booking_id, row_number() OVER (ORDER BY b.booking_id) AS place
        FROM bookings AS b JOIN flights AS f ON f.flight_id = b.flight_id
        WHERE b.status != 'cancelled' AND b.status != 'held'
        AND (f.status = 'cancelled' OR f.delay >= 180)
    ) WHERE place = (SELECT count(*) FROM claims AS c WHERE c.claim_id <= claims.claim_id)
), booking_id), amount = 100;
DELETE FROM claims WHERE NOT EXISTS (
    SELECT 1 FROM bookings AS b JOIN flights AS f ON f.flight_id = b.flight_id
    WHERE b.booking_id = claims.booking_id AND b.status != 'cancelled' AND b.status != 'held'
    AND (f.status = 'cancelled' OR f.delay >= 180)
) OR EXISTS (
    SELECT 1 FROM claims AS c
    WHERE c.booking_id = claims.booking_id AND c.claim_id < claims.claim_id
);

-- The waiting lists are those of full flights.
DELETE FROM waitings WHERE EXISTS (
    SELECT 1 FROM waitings AS w WHERE w.traveller_id = waitings.traveller_id
    AND w.flight_id = waitings.flight_id AND w.waiting_id < waitings.waiting_id
);
UPDATE flights SET capacity = capacity - seats_left, seats_left = 0 WHERE flight_id IN (
    SELECT flight_id FROM waitings
);
UPDATE waitings SET place = (
    SELECT count(*) FROM waitings AS w
    WHERE w.flight_id = waitings.flight_id AND w.waiting_id <= waitings.waiting_id
);
