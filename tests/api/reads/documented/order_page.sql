-- For a reader of one legal entity
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('SalesOrder:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","number":'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"status":"'
      || upper(anon_3.status)
      || '","placedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.placed_at)) AS TEXT), '"')
      || 'Z","total":'
      || ('{"amount":"'
      || CAST(anon_3.total AS TEXT)
      || '","currency":'
      || CAST(to_json(anon_3.currency) AS TEXT)
      || '}')
      || ',"customer":'
      || coalesce((
    SELECT ('{"id":"'
        || rtrim(replace(replace(encode('Customer:'::bytea
        || uuid_send(customer_1.id), 'base64'), '+', '-'), '/', '_'), '=')
        || '","name":'
        || CAST(to_json(customer_1.name) AS TEXT)
        || '}') AS anon_4
    FROM customer AS customer_1
    WHERE customer_1.id = anon_3.customer_id
  ), 'null') || ',"lines":' || (
    SELECT ('{"nodes":['
        || coalesce(string_agg(('{"lineNumber":'
        || CAST(anon_6.line_number AS TEXT)
        || ',"quantity":"'
        || CAST(anon_6.quantity AS TEXT)
        || '","item":'
        || coalesce((
      SELECT ('{"id":"'
          || rtrim(replace(replace(encode('Item:'::bytea
          || uuid_send(item_1.id), 'base64'), '+', '-'), '/', '_'), '=')
          || '","sku":'
          || CAST(to_json(item_1.sku) AS TEXT)
          || ',"name":'
          || CAST(to_json(item_1.name) AS TEXT)
          || ',"supplierPrices":'
          || (
        SELECT ('{"nodes":['
            || coalesce(string_agg(('{"leadTimeDays":'
            || CAST(anon_9.lead_time_days AS TEXT)
            || ',"supplier":'
            || coalesce((
          SELECT ('{"id":"'
              || rtrim(replace(replace(encode('Supplier:'::bytea
              || uuid_send(supplier_1.id), 'base64'), '+', '-'), '/', '_'), '=')
              || '","name":'
              || CAST(to_json(supplier_1.name) AS TEXT)
              || '}') AS anon_10
          FROM supplier AS supplier_1
          WHERE supplier_1.id = anon_9.supplier_id
        ), 'null') || '}'), ','
        ORDER BY anon_9.supplier_id ASC), '') || ']}') AS anon_8
        FROM (
          SELECT supplier_price_1.entity_id AS entity_id,
              supplier_price_1.id AS id,
              supplier_price_1.lead_time_days AS lead_time_days,
              supplier_price_1.supplier_id AS supplier_id
          FROM supplier_price AS supplier_price_1
          WHERE supplier_price_1.entity_id = $1::UUID AND supplier_price_1.item_id = item_1.id
          ORDER BY supplier_price_1.supplier_id ASC
          LIMIT $2::INTEGER
        ) AS anon_9
      ) || '}') AS anon_7
      FROM item AS item_1
      WHERE item_1.id = anon_6.item_id
    ), 'null') || '}'), ','
    ORDER BY anon_6.line_number ASC), '') || ']}') AS anon_5
    FROM (
      SELECT sales_order_line_1.entity_id AS entity_id,
          sales_order_line_1.id AS id,
          sales_order_line_1.item_id AS item_id,
          sales_order_line_1.line_number AS line_number,
          sales_order_line_1.quantity AS quantity
      FROM sales_order_line AS sales_order_line_1
      WHERE anon_3.entity_id = $3::UUID
          AND sales_order_line_1.entity_id = anon_3.entity_id
          AND sales_order_line_1.order_id = anon_3.id
      ORDER BY sales_order_line_1.line_number ASC
      LIMIT $4::INTEGER
    ) AS anon_6
  ) || '}'), ','
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $5::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $5::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["b711e068",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.placed_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $5::INTEGER))[least(count(*), $5::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT sales_order_1.currency AS currency,
        sales_order_1.customer_id AS customer_id,
        sales_order_1.entity_id AS entity_id,
        sales_order_1.id AS id,
        sales_order_1.number AS number,
        sales_order_1.placed_at AS placed_at,
        sales_order_1.status AS status,
        sales_order_1.total AS total, row_number() OVER (ORDER BY sales_order_1.placed_at DESC, sales_order_1.id DESC) AS rank_in_page
    FROM sales_order AS sales_order_1
    WHERE sales_order_1.entity_id = $3::UUID
    ORDER BY sales_order_1.placed_at DESC, sales_order_1.id DESC
    LIMIT $5::INTEGER + 1
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('SalesOrder:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","number":'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"status":"'
      || upper(anon_3.status)
      || '","placedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.placed_at)) AS TEXT), '"')
      || 'Z","total":'
      || ('{"amount":"'
      || CAST(anon_3.total AS TEXT)
      || '","currency":'
      || CAST(to_json(anon_3.currency) AS TEXT)
      || '}')
      || ',"customer":'
      || coalesce((
    SELECT ('{"id":"'
        || rtrim(replace(replace(encode('Customer:'::bytea
        || uuid_send(customer_1.id), 'base64'), '+', '-'), '/', '_'), '=')
        || '","name":'
        || CAST(to_json(customer_1.name) AS TEXT)
        || '}') AS anon_4
    FROM customer AS customer_1
    WHERE customer_1.id = anon_3.customer_id
  ), 'null') || ',"lines":' || (
    SELECT ('{"nodes":['
        || coalesce(string_agg(('{"lineNumber":'
        || CAST(anon_6.line_number AS TEXT)
        || ',"quantity":"'
        || CAST(anon_6.quantity AS TEXT)
        || '","item":'
        || coalesce((
      SELECT ('{"id":"'
          || rtrim(replace(replace(encode('Item:'::bytea
          || uuid_send(item_1.id), 'base64'), '+', '-'), '/', '_'), '=')
          || '","sku":'
          || CAST(to_json(item_1.sku) AS TEXT)
          || ',"name":'
          || CAST(to_json(item_1.name) AS TEXT)
          || ',"supplierPrices":'
          || (
        SELECT ('{"nodes":['
            || coalesce(string_agg(('{"leadTimeDays":'
            || CAST(anon_9.lead_time_days AS TEXT)
            || ',"supplier":'
            || coalesce((
          SELECT ('{"id":"'
              || rtrim(replace(replace(encode('Supplier:'::bytea
              || uuid_send(supplier_1.id), 'base64'), '+', '-'), '/', '_'), '=')
              || '","name":'
              || CAST(to_json(supplier_1.name) AS TEXT)
              || '}') AS anon_10
          FROM supplier AS supplier_1
          WHERE supplier_1.id = anon_9.supplier_id
        ), 'null') || '}'), ','
        ORDER BY anon_9.supplier_id ASC, anon_9.id ASC, anon_9.entity_id ASC), '') || ']}') AS anon_8
        FROM (
          SELECT anon_11.entity_id AS entity_id,
              anon_11.id AS id,
              anon_11.lead_time_days AS lead_time_days,
              anon_11.supplier_id AS supplier_id
          FROM unnest(CAST($1::UUID[] AS UUID[])) AS anon_12(id)
          JOIN LATERAL (
            SELECT supplier_price_1.entity_id AS entity_id,
                supplier_price_1.id AS id,
                supplier_price_1.lead_time_days AS lead_time_days,
                supplier_price_1.supplier_id AS supplier_id
            FROM supplier_price AS supplier_price_1
            WHERE supplier_price_1.entity_id = anon_12.id AND supplier_price_1.item_id = item_1.id
            ORDER BY supplier_price_1.supplier_id ASC
            LIMIT $2::INTEGER
          ) AS anon_11 ON true
          ORDER BY anon_11.supplier_id ASC, anon_11.id ASC, anon_11.entity_id ASC
          LIMIT $2::INTEGER
        ) AS anon_9
      ) || '}') AS anon_7
      FROM item AS item_1
      WHERE item_1.id = anon_6.item_id
    ), 'null') || '}'), ','
    ORDER BY anon_6.line_number ASC), '') || ']}') AS anon_5
    FROM (
      SELECT sales_order_line_1.entity_id AS entity_id,
          sales_order_line_1.id AS id,
          sales_order_line_1.item_id AS item_id,
          sales_order_line_1.line_number AS line_number,
          sales_order_line_1.quantity AS quantity
      FROM sales_order_line AS sales_order_line_1
      WHERE anon_3.entity_id = ANY (CAST($3::UUID[] AS UUID[]))
          AND sales_order_line_1.entity_id = anon_3.entity_id
          AND sales_order_line_1.order_id = anon_3.id
      ORDER BY sales_order_line_1.line_number ASC
      LIMIT $4::INTEGER
    ) AS anon_6
  ) || '}'), ','
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $5::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $5::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["b711e068",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.placed_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $5::INTEGER))[least(count(*), $5::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT anon_13.currency AS currency,
        anon_13.customer_id AS customer_id,
        anon_13.entity_id AS entity_id,
        anon_13.id AS id,
        anon_13.number AS number,
        anon_13.placed_at AS placed_at,
        anon_13.status AS status,
        anon_13.total AS total, row_number() OVER (ORDER BY anon_13.placed_at DESC, anon_13.id DESC, anon_13.entity_id DESC) AS rank_in_page
    FROM unnest(CAST($3::UUID[] AS UUID[])) AS anon_14(id)
    JOIN LATERAL (
      SELECT sales_order_1.currency AS currency,
          sales_order_1.customer_id AS customer_id,
          sales_order_1.entity_id AS entity_id,
          sales_order_1.id AS id,
          sales_order_1.number AS number,
          sales_order_1.placed_at AS placed_at,
          sales_order_1.status AS status,
          sales_order_1.total AS total
      FROM sales_order AS sales_order_1
      WHERE sales_order_1.entity_id = anon_14.id
      ORDER BY sales_order_1.placed_at DESC, sales_order_1.id DESC
      LIMIT $5::INTEGER + 1
    ) AS anon_13 ON true
    ORDER BY anon_13.placed_at DESC, anon_13.id DESC, anon_13.entity_id DESC
    LIMIT $5::INTEGER + 1
  ) AS anon_3
) AS anon_1
