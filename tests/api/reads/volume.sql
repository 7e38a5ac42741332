-- A trade of any size, in one transaction without triggers: run by volume.py, which sets volume.*.
-- Its rows look like those of operations: newest last, statuses skewed, a few customers and items more often than others.
CREATE FUNCTION pg_temp.made(kind text, n bigint) RETURNS uuid IMMUTABLE LANGUAGE sql
AS $$ SELECT md5(kind || ' ' || n)::uuid $$;
CREATE FUNCTION pg_temp.size(name text) RETURNS bigint STABLE LANGUAGE sql
AS $$ SELECT current_setting('volume.' || name)::bigint $$;
SET LOCAL session_replication_role = replica;

INSERT INTO legal_entity (id, code, name, country, currency, time_zone)
SELECT pg_temp.made('entity', n), 'E' || n, 'Entity ' || n, 'DE', 'EUR', 'Europe/Berlin'
FROM generate_series(1, pg_temp.size('entities')) n;

INSERT INTO location (entity_id, id, code, name, kind, site_id, priority)
SELECT pg_temp.made('entity', 1 + n % pg_temp.size('entities')), pg_temp.made('site', n), 'S' || n, 'Site ' || n,
       'site', pg_temp.made('site', n), n
FROM generate_series(0, pg_temp.size('sites') - 1) n;

INSERT INTO item (id, sku, name, category, base_unit, status)
SELECT pg_temp.made('item', n), 'SKU-' || lpad(n::text, 6, '0'),
       (ARRAY['Bearing', 'Coupling', 'Gasket', 'Valve', 'Flange'])[1 + n % 5] || ' ' || n, 'C' || n % 40, 'C62',
       CASE WHEN n % 20 = 0 THEN 'blocked' ELSE 'active' END
FROM generate_series(0, pg_temp.size('items') - 1) n;

INSERT INTO supplier (id, code, name, country, currency, status)
SELECT pg_temp.made('supplier', n), 'V' || lpad(n::text, 5, '0'), 'Supplier ' || n, 'DE', 'EUR', 'active'
FROM generate_series(0, pg_temp.size('suppliers') - 1) n;

INSERT INTO customer (id, code, name, country, status)
SELECT pg_temp.made('customer', n), 'C' || lpad(n::text, 5, '0'), 'Customer ' || n, 'DE', 'active'
FROM generate_series(0, pg_temp.size('customers') - 1) n;

INSERT INTO supplier_price (entity_id, id, supplier_id, item_id, amount, currency, lead_time_days)
SELECT pg_temp.made('entity', 1 + i % pg_temp.size('entities')), pg_temp.made('supplier price', 2 * i + s),
       pg_temp.made('supplier', (i + s) % pg_temp.size('suppliers')), pg_temp.made('item', i), 1 + i % 90, 'EUR', 7
FROM generate_series(0, pg_temp.size('items') - 1) i, generate_series(0, 1) s;

INSERT INTO site_balance (entity_id, id, item_id, site_id, on_hand, reserved)
SELECT pg_temp.made('entity', 1 + e), pg_temp.made('balance', i * pg_temp.size('entities') + e),
       pg_temp.made('item', i),
       pg_temp.made('site', e + pg_temp.size('entities') * (i % (pg_temp.size('sites') / pg_temp.size('entities')))),
       100 + i % 50, i % 50
FROM generate_series(0, pg_temp.size('items') - 1) i, generate_series(0, pg_temp.size('entities') - 1) e;

CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
SELECT n, pg_temp.made('entity', 1 + n % pg_temp.size('entities')) AS entity_id, pg_temp.made('order', n) AS id,
       pg_temp.made('site', n % pg_temp.size('sites')) AS site_id,
       timestamptz '2025-01-01 08:00+00' + n * interval '1 minute' AS at
FROM generate_series(0, pg_temp.size('orders') - 1) n;

INSERT INTO sales_order (entity_id, id, number, customer_id, site_id, status, currency, total, when_short,
                         requested_date, placed_at)
SELECT entity_id, id, 'SO-' || 100001 + n,
       pg_temp.made('customer', n * 7919 % 1000 * (n % 10) % pg_temp.size('customers')), site_id,
       CASE WHEN n % 50 = 0 THEN 'allocated' ELSE 'shipped' END, 'EUR', 100 + n % 900, 'backorder', at::date + 7, at
FROM placed;

INSERT INTO sales_order_line (entity_id, id, order_id, line_number, item_id, entered_quantity, entered_unit, quantity,
                              unit_price, amount, status, requested_date, customer_id)
SELECT entity_id, pg_temp.made('line', 5 * n + l), id, 1 + l, pg_temp.made('item', (n * 31 + l * 17) % pg_temp.size('items')),
       1 + n % 9, 'C62', 1 + n % 9, 10, 10 * (1 + n % 9), CASE WHEN n % 50 = 0 THEN 'allocated' ELSE 'shipped' END,
       at::date + 7, pg_temp.made('customer', n * 7919 % 1000 * (n % 10) % pg_temp.size('customers'))
FROM placed, generate_series(0, 4) l;

INSERT INTO demand (entity_id, id, kind, document_id, line_id, item_id, site_id, due_date, priority, promised_at,
                    open_quantity)
SELECT entity_id, pg_temp.made('demand', n), 'sales_order_line', id, pg_temp.made('line', 5 * n),
       pg_temp.made('item', n * 31 % pg_temp.size('items')), site_id, at::date + 7, 100, at, n % 5
FROM placed;

INSERT INTO shortage (entity_id, id, demand_id, item_id, site_id, quantity, due_date, status, detected_at)
SELECT entity_id, pg_temp.made('shortage', n), pg_temp.made('demand', n),
       pg_temp.made('item', n * 31 % pg_temp.size('items')), site_id, 3, at::date + 7,
       CASE WHEN n % 20 = 0 THEN 'proposed' ELSE 'resolved' END, at
FROM placed WHERE n % 4 = 0;

INSERT INTO sourcing_option (entity_id, id, shortage_id, rank, kind, quantity, supplier_id, arrival_date, landed_cost,
                             currency, score, score_terms, reason, inputs)
SELECT entity_id, pg_temp.made('option', 3 * n + r), pg_temp.made('shortage', n), 1 + r, 'buy', 3,
       pg_temp.made('supplier', (n + r) % pg_temp.size('suppliers')), at::date + 5, 30, 'EUR', r, '{}', 'In time.', '{}'
FROM placed, generate_series(0, 2) r WHERE n % 4 = 0;

INSERT INTO purchase_order (entity_id, id, number, supplier_id, site_id, status, currency, exchange_rate, total, ordered_at)
SELECT entity_id, pg_temp.made('purchase', n), 'PO-' || 100001 + n, pg_temp.made('supplier', n / 2 % pg_temp.size('suppliers')),
       site_id, CASE WHEN n % 50 = 0 THEN 'issued' ELSE 'received' END, 'EUR', 1, 500, at
FROM placed WHERE n % 2 = 0;

INSERT INTO purchase_order_line (entity_id, id, order_id, line_number, item_id, quantity, unit_price, amount,
                                 requested_date, supplier_id)
SELECT entity_id, pg_temp.made('purchase line', 2 * n + l), pg_temp.made('purchase', n), 1 + l,
       pg_temp.made('item', (n * 13 + l) % pg_temp.size('items')), 50, 5, 250, at::date + 7,
       pg_temp.made('supplier', n / 2 % pg_temp.size('suppliers'))
FROM placed, generate_series(0, 1) l WHERE n % 2 = 0;

INSERT INTO movement (entity_id, id, item_id, from_location_id, to_location_id, quantity, value, currency, effective_at,
                      recorded_at, document_type, document_id, actor)
SELECT entity_id, pg_temp.made('movement', n), pg_temp.made('item', n * 31 % pg_temp.size('items')), site_id,
       pg_temp.made('customers', 1), 3, 30, 'EUR', at, at, 'SalesOrder', id, 'clerk'
FROM placed;

INSERT INTO journal_entry (entity_id, id, accounting_date, recorded_at, debit_account, credit_account, credit_key, amount,
                           currency, transaction_amount, transaction_currency, document_type, document_id)
SELECT entity_id, pg_temp.made('entry', n), at::date, at, 'cost_of_sales', 'stock', pg_temp.made('layer', 1), 30,
       'EUR', 30, 'EUR', 'SalesOrder', id
FROM placed;

INSERT INTO exception_case (entity_id, id, type, subject_type, subject_id, status, summary, severity, currency, owner_role,
                            opened_at, last_occurred_at)
SELECT entity_id, pg_temp.made('case', n), 'shortage', 'SalesOrder', id,
       CASE WHEN n % 40 = 0 THEN 'open' ELSE 'resolved' END, 'Too little.', 30, 'EUR', 'buyer', at, at
FROM placed WHERE n % 4 = 0;
