UPDATE customers SET
    email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Half of the customers live in three cities, where the appointments are.
UPDATE customers SET city = CASE (
    SELECT count(*) FROM customers AS c WHERE c.customer_id <= customers.customer_id
) % 3 WHEN 0 THEN 'Porto' WHEN 1 THEN 'Tartu' ELSE 'Utrecht' END;
UPDATE visits SET city = CASE (
    SELECT count(*) FROM visits AS v WHERE v.visit_id <= visits.visit_id
) % 3 WHEN 0 THEN 'Porto' WHEN 1 THEN 'Tartu' ELSE 'Utrecht' END;
DELETE FROM faults WHERE visit_id IN (SELECT visit_id FROM visits WHERE EXISTS (
    SELECT 1 FROM visits AS v WHERE v.city = visits.city AND v.day = visits.day
    AND v.part = visits.part AND v.visit_id < visits.visit_id
));
DELETE FROM visits WHERE EXISTS (
    SELECT 1 FROM visits AS v WHERE v.city = visits.city AND v.day = visits.day
    AND v.part = visits.part AND v.visit_id < visits.visit_id
);

-- Lines: bound only where the plan binds; nothing is used before a line is active.
UPDATE lines SET
    bound_until = CASE WHEN status IN ('ordered', 'ended') THEN NULL
        WHEN (SELECT min_months FROM plans AS p WHERE p.plan_id = lines.plan_id) = 0 THEN NULL
        ELSE bound_until END,
    used_gb = CASE status WHEN 'ordered' THEN 0 ELSE min(used_gb, (
        SELECT data_gb FROM plans AS p WHERE p.plan_id = lines.plan_id
    )) END,
    roaming = CASE status WHEN 'active' THEN roaming ELSE 0 END;

-- Options: of lines that have not ended, each once, three at most.
DELETE FROM options WHERE (
    SELECT status FROM lines AS l WHERE l.line_id = options.line_id
) IN ('ended', 'ordered') OR EXISTS (
    SELECT 1 FROM options AS o WHERE o.line_id = options.line_id AND o.name = options.name
    AND o.option_id < options.option_id
);
DELETE FROM options WHERE (
    SELECT count(*) FROM options AS o
    WHERE o.line_id = options.line_id AND o.option_id <= options.option_id
) > 3;
UPDATE options SET monthly = CASE name WHEN 'Data Boost' THEN 6 WHEN 'Night Surf' THEN 4
    WHEN 'Family Calls' THEN 3 ELSE 9 END;

-- SIM cards: one in use, one on its way; those of ended lines are blocked.
UPDATE sims SET status = 'blocked' WHERE EXISTS (
    SELECT 1 FROM sims AS s WHERE s.line_id = sims.line_id AND s.status = sims.status
    AND s.sim_id < sims.sim_id
) OR (SELECT status FROM lines AS l WHERE l.line_id = sims.line_id) = 'ended';
UPDATE sims SET status = 'sent' WHERE status = 'in_use' AND (
    SELECT status FROM lines AS l WHERE l.line_id = sims.line_id
) = 'ordered' AND NOT EXISTS (
    SELECT 1 FROM sims AS s WHERE s.line_id = sims.line_id AND s.status = 'sent'
);
UPDATE sims SET status = 'blocked' WHERE status = 'in_use' AND (
    SELECT status FROM lines AS l WHERE l.line_id = sims.line_id
) = 'ordered';

-- The last day counts: one bill can still be disputed today, one line is still bound.
UPDATE bills SET issued_on = add_days(substr(:now, 1, 10), -60)
WHERE bill_id = (SELECT min(bill_id) FROM bills WHERE status = 'overdue');
UPDATE lines SET bound_until = substr(:now, 1, 10) WHERE line_id = (
    SELECT min(line_id) FROM lines WHERE status = 'active' AND bound_until IS NOT NULL
);

-- Bills are due two weeks after they were issued.
UPDATE bills SET due_on = add_days(issued_on, 14);
UPDATE bills SET
    status = CASE WHEN status = 'open' AND due_on < substr(:now, 1, 10) THEN 'overdue'
        WHEN status = 'overdue' AND due_on >= substr(:now, 1, 10) THEN 'open' ELSE status END,
    dispute = CASE status WHEN 'disputed' THEN coalesce(dispute, 'charged_twice') END;
UPDATE lines SET status = 'barred' WHERE status IN ('active', 'paused') AND (
    SELECT count(*) FROM bills AS b WHERE b.line_id = lines.line_id AND b.status = 'overdue'
) > 1;
UPDATE lines SET roaming = 0 WHERE status = 'barred';

-- Faults: one unsettled a line, planned in the customer's city.
UPDATE faults SET visit_id = NULL;
UPDATE faults SET status = 'mended' WHERE status IN ('open', 'planned') AND EXISTS (
    SELECT 1 FROM faults AS f WHERE f.line_id = faults.line_id
    AND f.status IN ('open', 'planned') AND f.fault_id < faults.fault_id
);
UPDATE faults SET visit_id = (
    SELECT min(v.visit_id) FROM visits AS v WHERE v.city = (
        SELECT c.city FROM lines AS l JOIN customers AS c ON c.customer_id = l.customer_id
        WHERE l.line_id = faults.line_id
    )
) WHERE status = 'planned';
UPDATE faults SET status = 'open' WHERE status = 'planned' AND visit_id IS NULL;
