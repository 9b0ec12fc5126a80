-- Lanes: each its own pair of depots.
UPDATE lanes SET from_depot = (
    SELECT start FROM (
        SELECT a.depot AS start, b.depot AS destination, row_number() OVER (
            ORDER BY unicode(substr(a.depot, 2)) * unicode(substr(b.depot, 3)) % 13,
            a.depot, b.depot
        ) AS place FROM depots AS a JOIN depots AS b ON a.depot != b.depot
    ) WHERE place = (SELECT count(*) FROM lanes AS l WHERE l.lane_id <= lanes.lane_id)
), to_depot = (
    SELECT destination FROM (
        SELECT a.depot AS start, b.depot AS destination, row_number() OVER (
            ORDER BY unicode(substr(a.depot, 2)) * unicode(substr(b.depot, 3)) % 13,
            a.depot, b.depot
        ) AS place FROM depots AS a JOIN depots AS b ON a.depot != b.depot
    ) WHERE place = (SELECT count(*) FROM lanes AS l WHERE l.lane_id <= lanes.lane_id)
);
UPDATE lanes SET name = from_depot || ' to ' || to_depot;

-- Vehicles and drivers: one of each for every trip, which fit each other and the lane.
UPDATE vehicles SET
    capacity_kg = CASE kind WHEN 'van' THEN 900 WHEN 'truck' THEN 3000 ELSE 2400 END;
UPDATE trips SET plate = (
    SELECT plate FROM (SELECT plate, row_number() OVER (ORDER BY plate) AS place FROM vehicles)
    WHERE place = (SELECT count(*) FROM trips AS t WHERE t.trip_id <= trips.trip_id)
), driver_id = (
    SELECT driver_id FROM (
        SELECT driver_id, row_number() OVER (ORDER BY driver_id) AS place FROM drivers
    ) WHERE place = (SELECT count(*) FROM trips AS t WHERE t.trip_id <= trips.trip_id)
);
UPDATE trips SET departs_at = CASE
    WHEN status = 'arrived'
        THEN add_days(departs_at, -8)
    WHEN status = 'on the road'
        THEN add_days(substr(:now, 1, 10), -1) || 'T' || substr(departs_at, 12, 8)
    WHEN days_between(:now, departs_at) < 4
        THEN substr(:now, 1, 10) || 'T' || substr(departs_at, 12, 8)
    ELSE departs_at
END;
UPDATE drivers SET licence = 'truck' WHERE driver_id IN (
    SELECT t.driver_id FROM trips AS t JOIN vehicles AS v ON v.plate = t.plate
    WHERE v.kind != 'van'
);
UPDATE vehicles SET status = CASE status WHEN 'on the road' THEN 'free' ELSE status END;
UPDATE drivers SET status = CASE status WHEN 'on the road' THEN 'available' ELSE status END;
UPDATE vehicles SET
    status = (
        SELECT CASE t.status WHEN 'on the road' THEN 'on the road' ELSE 'free' END
        FROM trips AS t WHERE t.plate = vehicles.plate
    ),
    depot = (
        SELECT l.from_depot FROM trips AS t JOIN lanes AS l ON l.lane_id = t.lane_id
        WHERE t.plate = vehicles.plate
    )
WHERE plate IN (SELECT plate FROM trips WHERE status IN ('planned', 'on the road'));
UPDATE drivers SET status = (
    SELECT CASE t.status WHEN 'on the road' THEN 'on the road' ELSE 'available' END
    FROM trips AS t WHERE t.driver_id = drivers.driver_id
) WHERE driver_id IN (SELECT driver_id FROM trips WHERE status IN ('planned', 'on the road'));

-- Shipments: those that are loaded or gone are spread over the trips, the others wait for one.
UPDATE shipments SET trip_id = CASE WHEN status NOT IN ('booked', 'cancelled') THEN (
    SELECT trip_id FROM (
        SELECT trip_id, row_number() OVER (ORDER BY trip_id) - 1 AS place FROM trips
        WHERE status != 'cancelled'
    ) WHERE place = (
        SELECT count(*) FROM shipments AS s WHERE s.shipment_id < shipments.shipment_id
    ) % (SELECT count(*) FROM trips WHERE status != 'cancelled')
) END;
UPDATE shipments SET goods = 'general' WHERE trip_id IN (
    SELECT t.trip_id FROM trips AS t JOIN vehicles AS v ON v.plate = t.plate
    WHERE v.kind = 'van' OR v.kind = 'truck' AND shipments.goods = 'chilled'
);
UPDATE shipments SET status = 'booked', trip_id = NULL WHERE trip_id IS NOT NULL AND (
    SELECT sum(s.weight_kg) FROM shipments AS s
    WHERE s.trip_id = shipments.trip_id AND s.shipment_id <= shipments.shipment_id
) > (
    SELECT v.capacity_kg FROM trips AS t JOIN vehicles AS v ON v.plate = t.plate
    WHERE t.trip_id = shipments.trip_id
);
UPDATE shipments SET lane_id = (
    SELECT lane_id FROM (
        SELECT lane_id, row_number() OVER (ORDER BY trip_id) - 1 AS place FROM trips
        WHERE status = 'planned'
    ) WHERE place = (
        SELECT count(*) FROM shipments AS s WHERE s.shipment_id < shipments.shipment_id
    ) % (SELECT count(*) FROM trips WHERE status = 'planned')
) WHERE status = 'booked' AND service = 'standard';
UPDATE shipments SET
    lane_id = (SELECT lane_id FROM trips AS t WHERE t.trip_id = shipments.trip_id),
    status = (
        SELECT CASE t.status
            WHEN 'planned' THEN 'loaded' WHEN 'arrived' THEN 'delivered' ELSE 'on the road'
        END FROM trips AS t WHERE t.trip_id = shipments.trip_id
    )
WHERE trip_id IS NOT NULL;
UPDATE trips SET load_kg = coalesce((
    SELECT sum(weight_kg) FROM shipments AS s WHERE s.trip_id = trips.trip_id
), 0);
UPDATE shipments SET
    deliver_by = CASE
        WHEN status = 'delivered' THEN add_days(deliver_by, -7)
        WHEN service = 'express' THEN add_days(substr(:now, 1, 10), 1)
        ELSE deliver_by
    END,
    price = (
        SELECT (l.base_price + l.price_per_100_kg * ((weight_kg + 99) / 100))
            * CASE service WHEN 'express' THEN 3 ELSE 2 END / 2
        FROM lanes AS l WHERE l.lane_id = shipments.lane_id
    );

-- Clients: some have paid a part; those on hold owe more than half their limit.
UPDATE clients SET balance = coalesce((
    SELECT sum(price) FROM shipments AS s
    WHERE s.client_id = clients.client_id AND s.status != 'cancelled'
), 0);
UPDATE clients SET paid = balance * paid / 4;
UPDATE clients SET balance = balance - paid;
UPDATE clients SET credit_limit = (balance + 199) / 100 * 100 WHERE credit_limit < balance;
UPDATE clients SET status = 'active' WHERE 2 * balance <= credit_limit;

-- Claims: about delivered shipments, one each.
DELETE FROM claims WHERE (
    SELECT count(*) FROM claims AS c WHERE c.claim_id <= claims.claim_id
) > (SELECT count(*) FROM shipments WHERE status = 'delivered') * 2 / 3;
UPDATE claims SET shipment_id = (
    SELECT shipment_id FROM (
        SELECT shipment_id, row_number() OVER (ORDER BY shipment_id) AS place FROM shipments
        WHERE status = 'delivered'
    ) WHERE place = (SELECT count(*) FROM claims AS c WHERE c.claim_id <= claims.claim_id)
);
