-- People: the address is made of the name.
UPDATE clients
SET email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Flats: the rent goes with the rooms.
UPDATE flats SET rent = 340 + 230 * rooms + 15 * (
    SELECT count(*) FROM flats AS f WHERE f.flat_id < flats.flat_id
) % 120;

-- Applications: one a client; the first are approved, for the reserved flats, the others for vacant
-- flats. A reserved flat without one is vacant.
UPDATE applications SET
    client_id = (
        SELECT client_id FROM (
            SELECT client_id, row_number() OVER (ORDER BY client_id) AS place FROM clients
        ) WHERE place = (
            SELECT count(*) FROM applications AS a
            WHERE a.application_id <= applications.application_id
        )
    ),
    status = CASE WHEN (
        SELECT count(*) FROM applications AS a WHERE a.application_id <= applications.application_id
    ) <= (SELECT count(*) FROM flats WHERE status = 'reserved') THEN 'approved' ELSE status END,
    flat_id = coalesce((
        SELECT flat_id FROM (
            SELECT flat_id, row_number() OVER (ORDER BY flat_id) AS place
            FROM flats WHERE status = 'reserved'
        ) WHERE place = (
            SELECT count(*) FROM applications AS a
            WHERE a.application_id <= applications.application_id
        )
    ), (
        SELECT flat_id FROM (
            SELECT flat_id, row_number() OVER (ORDER BY flat_id) AS place, count(*) OVER () AS many
            FROM flats WHERE status = 'vacant'
        ) WHERE place = 1 + (
            SELECT count(*) FROM applications AS a
            WHERE a.application_id <= applications.application_id
        ) % many
    ));
UPDATE applications SET move_in = max(
    move_in,
    (SELECT free_from FROM flats AS f WHERE f.flat_id = applications.flat_id)
);
UPDATE clients SET
    income = max(income, 20 + 3 * coalesce((
        SELECT f.rent FROM applications AS a JOIN flats AS f ON f.flat_id = a.flat_id
        WHERE a.client_id = clients.client_id
    ), 0)),
    pet = CASE (
        SELECT f.pets FROM applications AS a JOIN flats AS f ON f.flat_id = a.flat_id
        WHERE a.client_id = clients.client_id
    ) WHEN 'not_allowed' THEN 'none' ELSE pet END;

-- Viewings: applicants have been to see their flat; others look at vacant flats.
UPDATE viewings SET scheduled_at = substr(scheduled_at, 1, 14)
    || CASE WHEN substr(scheduled_at, 15, 2) < '30' THEN '00:00' ELSE '30:00' END;
UPDATE viewings SET scheduled_at = substr(scheduled_at, 1, 11) || '17:30:00'
WHERE substr(scheduled_at, 12) > '17:30:00';
UPDATE viewings SET scheduled_at = substr(scheduled_at, 1, 11) || '09:00:00'
WHERE substr(scheduled_at, 12) < '09:00:00';
UPDATE viewings SET scheduled_at = add_days(scheduled_at, -2)
WHERE days_between('2026-01-05', scheduled_at) % 7 >= 5;
UPDATE viewings SET flat_id = (
    SELECT flat_id FROM (
        SELECT flat_id, row_number() OVER (ORDER BY flat_id) AS place, count(*) OVER () AS many
        FROM flats WHERE status = 'vacant'
    ) WHERE place = 1 + (
        SELECT count(*) FROM viewings AS v WHERE v.viewing_id < viewings.viewing_id
    ) % many
);
UPDATE viewings SET
    flat_id = a.flat_id,
    client_id = a.client_id,
    scheduled_at = CASE WHEN substr(viewings.scheduled_at, 1, 10) >= a.filed_on
        THEN substr(add_days(a.filed_on, -days_between('2026-01-05', a.filed_on) % 7 - 5), 1, 10)
            || substr(viewings.scheduled_at, 11)
        ELSE viewings.scheduled_at END,
    status = 'attended'
FROM (
    SELECT flat_id, client_id, filed_on, row_number() OVER (ORDER BY application_id) AS place
    FROM applications
) AS a
WHERE a.place = (SELECT count(*) FROM viewings AS v WHERE v.viewing_id <= viewings.viewing_id);
UPDATE viewings SET status = CASE
    WHEN scheduled_at > :now AND status IN ('attended', 'missed') THEN 'booked' ELSE status END;
DELETE FROM viewings WHERE status = 'booked' AND EXISTS (
    SELECT 1 FROM viewings AS v WHERE v.status = 'booked'
    AND v.scheduled_at = viewings.scheduled_at AND v.viewing_id < viewings.viewing_id
    AND (v.flat_id = viewings.flat_id OR v.client_id = viewings.client_id)
);

-- Leases: one that goes on for each flat that is let; the others have ended.
UPDATE leases SET
    status = CASE WHEN (
        SELECT count(*) FROM leases AS l WHERE l.lease_id <= leases.lease_id
    ) > (SELECT count(*) FROM flats WHERE status = 'let') THEN 'ended' ELSE status END,
    flat_id = coalesce((
        SELECT flat_id FROM (
            SELECT flat_id, row_number() OVER (ORDER BY flat_id) AS place
            FROM flats WHERE status = 'let'
        ) WHERE place = (SELECT count(*) FROM leases AS l WHERE l.lease_id <= leases.lease_id)
    ), flat_id),
    client_id = (
        SELECT client_id FROM (
            SELECT client_id, row_number() OVER (ORDER BY client_id DESC) AS place FROM clients
        ) WHERE place = (SELECT count(*) FROM leases AS l WHERE l.lease_id <= leases.lease_id)
    );
UPDATE flats SET status = 'withdrawn' WHERE status = 'let' AND NOT EXISTS (
    SELECT 1 FROM leases AS l WHERE l.flat_id = flats.flat_id AND l.status != 'ended'
);
UPDATE leases SET starts_on = CASE WHEN status != 'active' AND starts_on > '2025-05-01'
    THEN add_days(starts_on, -380) ELSE starts_on END;
UPDATE leases SET
    ends_on = CASE status
        WHEN 'notice' THEN CASE (
            SELECT count(*) FROM leases AS l WHERE l.lease_id < leases.lease_id AND l.status = 'notice'
        ) % 3 WHEN 1 THEN '2026-08-31' ELSE '2026-05-31' END
        WHEN 'ended' THEN CASE (
            SELECT count(*) FROM leases AS l WHERE l.lease_id < leases.lease_id AND l.status = 'ended'
        ) % 3 WHEN 0 THEN '2026-05-31' WHEN 1 THEN '2026-04-30' ELSE '2025-11-30' END
    END,
    raised_on = CASE WHEN raised_on < add_days(starts_on, 365) THEN NULL ELSE raised_on END,
    rent = (SELECT rent FROM flats AS f WHERE f.flat_id = leases.flat_id) - 20;
UPDATE leases SET raised_on = NULL WHERE raised_on >= ends_on;
UPDATE leases SET
    deposit_held = CASE WHEN status = 'ended' AND ends_on < '2026-01-01' THEN 0 ELSE 2 * rent END,
    deposit_returned = CASE WHEN status = 'ended' AND ends_on < '2026-01-01' THEN 2 * rent ELSE 0 END;

-- Charges: what they are about sets the amount; each lease in turn.
UPDATE charges SET lease_id = (
    SELECT lease_id FROM (
        SELECT lease_id, row_number() OVER (ORDER BY lease_id) AS place FROM leases
    ) WHERE place = 1 + (SELECT count(*) FROM charges AS c WHERE c.charge_id < charges.charge_id)
        % (SELECT count(*) FROM leases)
);
UPDATE charges SET
    amount = CASE about WHEN 'rent' THEN (
        SELECT rent FROM leases AS l WHERE l.lease_id = charges.lease_id
    ) WHEN 'late_fee' THEN 25 WHEN 'repair' THEN 85 ELSE 40 END,
    due_on = CASE WHEN due_on > (SELECT ends_on FROM leases AS l WHERE l.lease_id = charges.lease_id)
        THEN (SELECT add_days(ends_on, -20) FROM leases AS l WHERE l.lease_id = charges.lease_id)
        ELSE due_on END,
    status = CASE WHEN (
        SELECT deposit_held FROM leases AS l WHERE l.lease_id = charges.lease_id
    ) = 0 THEN 'paid' ELSE status END;
UPDATE charges SET paid = CASE WHEN status = 'paid' THEN amount WHEN about = 'late_fee' THEN 0
    ELSE paid END;
UPDATE leases SET balance = coalesce((
    SELECT sum(amount - paid) FROM charges AS c
    WHERE c.lease_id = leases.lease_id AND c.status = 'open'
), 0);

-- Repairs: one unfinished for a flat and a trade, in flats that are in use; who is sent has the trade.
UPDATE repairs SET status = 'done' WHERE (
    SELECT status FROM flats AS f WHERE f.flat_id = repairs.flat_id
) = 'withdrawn';
DELETE FROM repairs WHERE status != 'done' AND EXISTS (
    SELECT 1 FROM repairs AS r WHERE r.flat_id = repairs.flat_id AND r.trade = repairs.trade
    AND r.status != 'done' AND r.repair_id < repairs.repair_id
);
UPDATE repairs SET contractor_id = CASE WHEN status = 'reported' THEN NULL ELSE (
    SELECT contractor_id FROM (
        SELECT c.contractor_id, row_number() OVER (ORDER BY c.contractor_id) AS place,
            count(*) OVER () AS many
        FROM contractors AS c
        WHERE c.trade = repairs.trade
        AND (repairs.urgency != 'urgent' OR c.hours = 'round_the_clock')
    ) WHERE place = 1 + (
        SELECT count(*) FROM repairs AS r WHERE r.repair_id < repairs.repair_id
    ) % many
) END;
UPDATE repairs SET status = 'reported' WHERE contractor_id IS NULL;
UPDATE repairs SET cost = CASE status WHEN 'done' THEN cost END;
UPDATE contractors SET jobs_open = (
    SELECT count(*) FROM repairs AS r
    WHERE r.contractor_id = contractors.contractor_id AND r.status = 'assigned'
);
UPDATE contractors SET most_jobs = max(most_jobs, jobs_open);
