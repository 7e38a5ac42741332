-- For a reader of one legal entity
SELECT ('{"name":' || CAST(to_json(customer_1.name) AS TEXT) || ',"salesOrders":' || (
  SELECT ('{"totalCount":' || CAST((
    SELECT count(*) AS count_1
    FROM sales_order AS sales_order_1
    WHERE sales_order_1.entity_id = $1::UUID AND sales_order_1.customer_id = customer_1.id
  ) AS TEXT)
      || ',"nodes":['
      || coalesce(string_agg(('{"number":'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"status":"'
      || upper(anon_3.status)
      || '","placedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.placed_at)) AS TEXT), '"')
      || 'Z"}'), ','
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC), '') || ']}') AS anon_2
  FROM (
    SELECT sales_order_2.entity_id AS entity_id,
        sales_order_2.id AS id,
        sales_order_2.number AS number,
        sales_order_2.placed_at AS placed_at,
        sales_order_2.status AS status
    FROM sales_order AS sales_order_2
    WHERE sales_order_2.entity_id = $1::UUID AND sales_order_2.customer_id = customer_1.id
    ORDER BY sales_order_2.placed_at DESC, sales_order_2.id DESC
    LIMIT $2::INTEGER
  ) AS anon_3
) || '}') AS anon_1
FROM customer AS customer_1
WHERE customer_1.code = $3::VARCHAR
LIMIT 2

-- For a reader of several
SELECT ('{"name":' || CAST(to_json(customer_1.name) AS TEXT) || ',"salesOrders":' || (
  SELECT ('{"totalCount":' || CAST((
    SELECT count(*) AS count_1
    FROM sales_order AS sales_order_1
    WHERE sales_order_1.entity_id = ANY (CAST($1::UUID[] AS UUID[])) AND sales_order_1.customer_id = customer_1.id
  ) AS TEXT)
      || ',"nodes":['
      || coalesce(string_agg(('{"number":'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"status":"'
      || upper(anon_3.status)
      || '","placedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.placed_at)) AS TEXT), '"')
      || 'Z"}'), ','
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC, anon_3.entity_id DESC), '') || ']}') AS anon_2
  FROM (
    SELECT anon_4.entity_id AS entity_id,
        anon_4.id AS id,
        anon_4.number AS number,
        anon_4.placed_at AS placed_at,
        anon_4.status AS status
    FROM unnest(CAST($1::UUID[] AS UUID[])) AS anon_5(id)
    JOIN LATERAL (
      SELECT sales_order_2.entity_id AS entity_id,
          sales_order_2.id AS id,
          sales_order_2.number AS number,
          sales_order_2.placed_at AS placed_at,
          sales_order_2.status AS status
      FROM sales_order AS sales_order_2
      WHERE sales_order_2.entity_id = anon_5.id AND sales_order_2.customer_id = customer_1.id
      ORDER BY sales_order_2.placed_at DESC, sales_order_2.id DESC
      LIMIT $2::INTEGER
    ) AS anon_4 ON true
    ORDER BY anon_4.placed_at DESC, anon_4.id DESC, anon_4.entity_id DESC
    LIMIT $2::INTEGER
  ) AS anon_3
) || '}') AS anon_1
FROM customer AS customer_1
WHERE customer_1.code = $3::VARCHAR
LIMIT 2
