UPDATE customers SET
    email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Accounts: savings have no overdraft; every third account is empty; a closed one holds nothing.
UPDATE accounts SET
    overdraft = CASE kind WHEN 'savings' THEN 0 ELSE overdraft END,
    balance = CASE status WHEN 'closed' THEN 0 ELSE balance END;

-- Payees: an IBAN once a customer; transfers and orders go to payees of the account's holder.
DELETE FROM transfers WHERE NOT EXISTS (
    SELECT 1 FROM accounts AS a JOIN payees AS p ON p.customer_id = a.customer_id
    WHERE a.account_id = transfers.account_id AND a.kind = 'current'
);
DELETE FROM standing_orders WHERE NOT EXISTS (
    SELECT 1 FROM accounts AS a JOIN payees AS p ON p.customer_id = a.customer_id
    WHERE a.account_id = standing_orders.account_id AND a.kind = 'current'
);
UPDATE transfers SET payee_id = (
    SELECT p.payee_id FROM accounts AS a JOIN payees AS p ON p.customer_id = a.customer_id
    WHERE a.account_id = transfers.account_id
    ORDER BY p.payee_id < transfers.payee_id, p.payee_id LIMIT 1
);
UPDATE standing_orders SET payee_id = (
    SELECT p.payee_id FROM accounts AS a JOIN payees AS p ON p.customer_id = a.customer_id
    WHERE a.account_id = standing_orders.account_id
    ORDER BY p.payee_id < standing_orders.payee_id, p.payee_id LIMIT 1
);

-- Transfers: booked ones are done on the day they were made; nothing scheduled from a closed one.
UPDATE transfers SET status = 'stopped' WHERE status = 'scheduled' AND (
    SELECT status FROM accounts AS a WHERE a.account_id = transfers.account_id
) = 'closed';
UPDATE transfers SET due_on = CASE status
    WHEN 'booked' THEN made_on ELSE add_days(substr(:now, 1, 10), 1 + days_between(:now, due_on))
END;
UPDATE transfers SET amount = 90 WHERE status = 'booked' AND (
    SELECT sum(t.amount) FROM transfers AS t
    WHERE t.account_id = transfers.account_id AND t.made_on = transfers.made_on
    AND t.status = 'booked'
) > 1000;
UPDATE standing_orders SET status = 'ended' WHERE (
    SELECT status FROM accounts AS a WHERE a.account_id = standing_orders.account_id
) = 'closed';

-- Cards belong to current accounts and are blocked with their account.
DELETE FROM payments WHERE card_id IN (
    SELECT c.card_id FROM cards AS c JOIN accounts AS a ON a.account_id = c.account_id
    WHERE a.kind = 'savings'
);
DELETE FROM cards WHERE account_id IN (SELECT account_id FROM accounts WHERE kind = 'savings');
UPDATE cards SET status = 'blocked' WHERE (
    SELECT status FROM accounts AS a WHERE a.account_id = cards.account_id
) = 'closed';

-- The last day counts: one payment can still be disputed today.
UPDATE payments SET paid_on = add_days(substr(:now, 1, 10), -90)
WHERE payment_id = (SELECT min(payment_id) FROM payments WHERE status = 'booked');

-- Loans: of current accounts that are not closed.
DELETE FROM loans WHERE (
    SELECT kind FROM accounts AS a WHERE a.account_id = loans.account_id
) = 'savings';
UPDATE loans SET status = 'repaid' WHERE (
    SELECT status FROM accounts AS a WHERE a.account_id = loans.account_id
) = 'closed';
UPDATE loans SET remaining = CASE status WHEN 'repaid' THEN 0 ELSE min(remaining, principal) END;
