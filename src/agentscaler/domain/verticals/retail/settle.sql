-- People: the address is made of the name.
UPDATE customers
SET email = lower(replace(replace(replace(name, '''', ''), '.', ''), ' ', '.')) || '@example.com';

-- Variants: one of each option, named after their product; the largest size costs more.
DELETE FROM variants WHERE EXISTS (
    SELECT 1 FROM variants AS v
    WHERE v.product_id = variants.product_id AND v.option = variants.option
    AND v.variant_id < variants.variant_id
) AND variant_id NOT IN (SELECT variant_id FROM order_items);
UPDATE variants SET option = option || ' (old model)', status = 'discontinued' WHERE EXISTS (
    SELECT 1 FROM variants AS v
    WHERE v.product_id = variants.product_id AND v.option = variants.option
    AND v.variant_id < variants.variant_id
);
UPDATE variants SET option = option || ' (older model)' WHERE EXISTS (
    SELECT 1 FROM variants AS v
    WHERE v.product_id = variants.product_id AND v.option = variants.option
    AND v.variant_id < variants.variant_id
);
UPDATE variants SET
    name = (SELECT name FROM products AS p WHERE p.product_id = variants.product_id)
        || ', ' || option,
    price = (SELECT min(price) FROM variants AS v WHERE v.product_id = variants.product_id);
UPDATE variants SET price = price + 10 WHERE option LIKE 'extra large%';

-- Items: each variant once in an order, at its price.
DELETE FROM returns WHERE item_id IN (
    SELECT i.item_id FROM order_items AS i JOIN order_items AS other
    ON other.order_id = i.order_id AND other.variant_id = i.variant_id AND other.item_id < i.item_id
);
DELETE FROM order_items WHERE EXISTS (
    SELECT 1 FROM order_items AS other
    WHERE other.order_id = order_items.order_id AND other.variant_id = order_items.variant_id
    AND other.item_id < order_items.item_id
);
UPDATE order_items SET
    name = (SELECT name FROM variants AS v WHERE v.variant_id = order_items.variant_id),
    unit_price = (SELECT price FROM variants AS v WHERE v.variant_id = order_items.variant_id);

-- Orders: empty ones are drafts; what a status says is so.
UPDATE orders SET status = 'draft' WHERE NOT EXISTS (
    SELECT 1 FROM order_items AS i WHERE i.order_id = orders.order_id
);
UPDATE orders SET
    placed_on = CASE status WHEN 'draft' THEN NULL ELSE placed_on END,
    payment = CASE status WHEN 'draft' THEN NULL ELSE payment END,
    cancel_reason = CASE status WHEN 'cancelled' THEN cancel_reason END,
    delivery_fee = CASE delivery WHEN 'standard' THEN 5 WHEN 'express' THEN 12 ELSE 0 END,
    return_by = CASE status WHEN 'delivered' THEN add_days(placed_on, 4 + (
        SELECT CASE tier WHEN 'gold' THEN 60 ELSE 30 END
        FROM customers AS c WHERE c.customer_id = orders.customer_id
    )) END;

-- The last day counts: one order can still be returned today, one voucher still be used.
UPDATE orders SET
    return_by = substr(:now, 1, 10),
    placed_on = add_days(substr(:now, 1, 10), -4 - (
        SELECT CASE tier WHEN 'gold' THEN 60 ELSE 30 END
        FROM customers AS c WHERE c.customer_id = orders.customer_id
    ))
WHERE order_id = (SELECT min(order_id) FROM orders WHERE status = 'delivered');
UPDATE vouchers SET expires_on = substr(:now, 1, 10)
WHERE voucher_code = (SELECT min(voucher_code) FROM vouchers WHERE status = 'unused');

-- Vouchers: the used ones were used on a placed order that was large enough, one each.
UPDATE vouchers SET order_id = CASE status WHEN 'used' THEN order_id END;
UPDATE vouchers SET order_id = NULL WHERE order_id IS NOT NULL AND (
    (SELECT status FROM orders AS o WHERE o.order_id = vouchers.order_id) = 'draft'
    OR min_total > (
        SELECT sum(quantity * unit_price) FROM order_items AS i
        WHERE i.order_id = vouchers.order_id
    )
    OR EXISTS (
        SELECT 1 FROM vouchers AS v
        WHERE v.order_id = vouchers.order_id AND v.voucher_code < vouchers.voucher_code
    )
);
UPDATE vouchers SET status = CASE WHEN order_id IS NULL THEN 'unused' ELSE 'used' END;
UPDATE orders SET discount = coalesce(
    (SELECT value FROM vouchers AS v WHERE v.order_id = orders.order_id), 0
);
UPDATE orders SET total = delivery_fee - discount + coalesce((
    SELECT sum(quantity * unit_price) FROM order_items AS i WHERE i.order_id = orders.order_id
), 0);

-- Returns: of delivered items, one each; those beyond the number of such items go.
DELETE FROM returns WHERE (
    SELECT count(*) FROM returns AS r WHERE r.return_id <= returns.return_id
) > (
    SELECT count(*) FROM order_items AS i JOIN orders AS o ON o.order_id = i.order_id
    WHERE o.status = 'delivered'
);
UPDATE returns SET item_id = (
    SELECT item_id FROM (
        SELECT i.item_id, row_number() OVER (ORDER BY i.item_id) AS place
        FROM order_items AS i JOIN orders AS o ON o.order_id = i.order_id
        WHERE o.status = 'delivered'
    ) WHERE place = (SELECT count(*) FROM returns AS r WHERE r.return_id <= returns.return_id)
);
UPDATE returns SET
    order_id = (SELECT order_id FROM order_items AS i WHERE i.item_id = returns.item_id),
    refund = quantity * (SELECT unit_price FROM order_items AS i WHERE i.item_id = returns.item_id);
UPDATE order_items SET returned = coalesce((
    SELECT sum(quantity) FROM returns AS r
    WHERE r.item_id = order_items.item_id AND r.status != 'withdrawn'
), 0);
