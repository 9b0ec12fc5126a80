-- People: the address is made of the name.
UPDATE members
SET email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Subscriptions: at most two of a member go on; the ended ones ran out of their term.
UPDATE subscriptions SET status = 'ended' WHERE status != 'ended' AND (
    SELECT count(*) FROM subscriptions AS s
    WHERE s.member_id = subscriptions.member_id AND s.status != 'ended'
    AND s.subscription_id < subscriptions.subscription_id
) >= 2;
UPDATE subscriptions SET
    started_on = CASE status WHEN 'ended' THEN add_days(started_on, -40) ELSE started_on END,
    paused_until = CASE status WHEN 'paused' THEN paused_until END,
    end_reason = CASE status WHEN 'ended' THEN end_reason END;
UPDATE subscriptions SET term_ends = add_days(started_on, 28);

-- Deliveries: each subscription in turn, week after week, the first of them last week.
UPDATE deliveries SET subscription_id = (
    SELECT subscription_id FROM (
        SELECT subscription_id, row_number() OVER (ORDER BY subscription_id) AS place
        FROM subscriptions
    ) WHERE place = 1 + (
        SELECT count(*) FROM deliveries AS d WHERE d.delivery_id < deliveries.delivery_id
    ) % (SELECT count(*) FROM subscriptions)
);
UPDATE deliveries SET scheduled_on = add_days(
    substr(:now, 1, 10),
    (SELECT count(*) FROM subscriptions AS s WHERE s.subscription_id < deliveries.subscription_id)
        % 7 - 8
    + 7 * (
        SELECT count(*) FROM deliveries AS d WHERE d.subscription_id = deliveries.subscription_id
        AND d.delivery_id < deliveries.delivery_id
    )
);
UPDATE deliveries SET locks_on = add_days(scheduled_on, -4);
UPDATE deliveries SET status = CASE
    WHEN scheduled_on < substr(:now, 1, 10)
        THEN CASE status WHEN 'skipped' THEN 'skipped' ELSE 'delivered' END
    WHEN (SELECT s.status FROM subscriptions AS s
        WHERE s.subscription_id = deliveries.subscription_id) = 'ended' THEN 'cancelled'
    WHEN (SELECT s.paused_until FROM subscriptions AS s
        WHERE s.subscription_id = deliveries.subscription_id) > scheduled_on THEN 'on_hold'
    WHEN scheduled_on < add_days(substr(:now, 1, 10), 3)
        THEN CASE status WHEN 'skipped' THEN 'skipped' ELSE 'packed' END
    ELSE status
END;

-- Meals: as many as the plan has, different recipes of its diet.
UPDATE meals SET delivery_id = (
    SELECT delivery_id FROM (
        SELECT delivery_id, row_number() OVER (ORDER BY delivery_id) AS place FROM deliveries
    ) WHERE place = 1 + (SELECT count(*) FROM meals AS m WHERE m.meal_id < meals.meal_id) / 5
);
DELETE FROM meals WHERE (
    SELECT count(*) FROM meals AS m
    WHERE m.delivery_id = meals.delivery_id AND m.meal_id <= meals.meal_id
) > (
    SELECT p.meals FROM deliveries AS d
    JOIN subscriptions AS s ON s.subscription_id = d.subscription_id
    JOIN plans AS p ON p.plan_id = s.plan_id WHERE d.delivery_id = meals.delivery_id
);
UPDATE meals SET recipe_id = (
    SELECT recipe_id FROM (
        SELECT r.recipe_id, row_number() OVER (ORDER BY r.recipe_id) AS place,
            count(*) OVER () AS many
        FROM recipes AS r, deliveries AS d
        JOIN subscriptions AS s ON s.subscription_id = d.subscription_id
        JOIN plans AS p ON p.plan_id = s.plan_id
        WHERE d.delivery_id = meals.delivery_id AND (
            p.diet = 'everything' OR r.diet = 'vegan'
            OR (p.diet = 'vegetarian' AND r.diet = 'vegetarian')
        )
    ) WHERE place = 1 + (
        3 * (SELECT count(*) FROM deliveries AS d WHERE d.delivery_id < meals.delivery_id)
        + (SELECT count(*) FROM meals AS m
            WHERE m.delivery_id = meals.delivery_id AND m.meal_id < meals.meal_id)
    ) % many
);
UPDATE meals SET
    name = (SELECT name FROM recipes AS r WHERE r.recipe_id = meals.recipe_id),
    surcharge = (SELECT surcharge FROM recipes AS r WHERE r.recipe_id = meals.recipe_id);
UPDATE deliveries SET price = (
    SELECT p.weekly_price FROM subscriptions AS s JOIN plans AS p ON p.plan_id = s.plan_id
    WHERE s.subscription_id = deliveries.subscription_id
) + (
    SELECT coalesce(sum(surcharge), 0) FROM meals AS m WHERE m.delivery_id = deliveries.delivery_id
) + CASE slot WHEN 'evening' THEN 3 ELSE 0 END;

-- Gift cards: the redeemed ones belong to somebody.
UPDATE gift_cards SET member_id = CASE status WHEN 'redeemed' THEN member_id END;
UPDATE gift_cards SET status = CASE WHEN member_id IS NULL THEN 'unused' ELSE 'redeemed' END;

-- Complaints: of deliveries that came, one each; small ones are credited.
DELETE FROM complaints WHERE (
    SELECT count(*) FROM complaints AS c WHERE c.complaint_id <= complaints.complaint_id
) > (SELECT count(*) FROM deliveries WHERE status = 'delivered');
UPDATE complaints SET delivery_id = (
    SELECT delivery_id FROM (
        SELECT delivery_id, row_number() OVER (ORDER BY scheduled_on, delivery_id) AS place
        FROM deliveries WHERE status = 'delivered'
    ) WHERE place = (
        SELECT count(*) FROM complaints AS c WHERE c.complaint_id <= complaints.complaint_id
    )
);
UPDATE complaints SET
    member_id = (
        SELECT s.member_id FROM deliveries AS d
        JOIN subscriptions AS s ON s.subscription_id = d.subscription_id
        WHERE d.delivery_id = complaints.delivery_id
    ),
    filed_on = (
        SELECT add_days(d.scheduled_on, 1) FROM deliveries AS d
        WHERE d.delivery_id = complaints.delivery_id
    ),
    credit = CASE about
        WHEN 'non_arrival' THEN (
            SELECT price FROM deliveries AS d WHERE d.delivery_id = complaints.delivery_id
        )
        WHEN 'spoiled_food' THEN 15 WHEN 'damaged_packaging' THEN 8 ELSE 5
    END;
UPDATE complaints SET status = 'credited' WHERE credit <= 10;
