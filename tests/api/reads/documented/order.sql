-- For a reader of one legal entity
SELECT ('{"id":"'
    || rtrim(replace(replace(encode('SalesOrder:'::bytea
    || uuid_send(sales_order_1.entity_id)
    || uuid_send(sales_order_1.id), 'base64'), '+', '-'), '/', '_'), '=')
    || '","status":"'
    || upper(sales_order_1.status)
    || '","version":'
    || CAST(sales_order_1.version AS TEXT)
    || ',"lines":'
    || (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"lineNumber":'
      || CAST(anon_3.line_number AS TEXT)
      || ',"quantity":"'
      || CAST(anon_3.quantity AS TEXT)
      || '","shippedQuantity":"'
      || CAST(anon_3.shipped_quantity AS TEXT)
      || '","item":'
      || coalesce((
    SELECT ('{"sku":' || CAST(to_json(item_1.sku) AS TEXT) || '}') AS anon_4
    FROM item AS item_1
    WHERE item_1.id = anon_3.item_id
  ), 'null') || ',"demands":' || (
    SELECT ('{"nodes":['
        || coalesce(string_agg(('{"dueDate":"'
        || CAST(anon_6.due_date AS TEXT)
        || '","openQuantity":"'
        || CAST(anon_6.open_quantity AS TEXT)
        || '","reservations":'
        || (
      SELECT ('{"nodes":['
          || coalesce(string_agg(('{"status":"'
          || upper(anon_8.status)
          || '","openQuantity":"'
          || CAST(anon_8.open_quantity AS TEXT)
          || '"}'), ','
      ORDER BY anon_8.reserved_at ASC, anon_8.id ASC), '') || ']}') AS anon_7
      FROM (
        SELECT reservation_1.entity_id AS entity_id,
            reservation_1.id AS id,
            reservation_1.open_quantity AS open_quantity,
            reservation_1.reserved_at AS reserved_at,
            reservation_1.status AS status
        FROM reservation AS reservation_1
        WHERE anon_6.entity_id = $1::UUID AND reservation_1.entity_id = anon_6.entity_id AND reservation_1.demand_id = anon_6.id
        ORDER BY reservation_1.reserved_at ASC, reservation_1.id ASC
        LIMIT $2::INTEGER
      ) AS anon_8
    ) || '}'), ','
    ORDER BY anon_6.item_id ASC), '') || ']}') AS anon_5
    FROM (
      SELECT demand_1.due_date AS due_date,
          demand_1.entity_id AS entity_id,
          demand_1.id AS id,
          demand_1.item_id AS item_id,
          demand_1.open_quantity AS open_quantity
      FROM demand AS demand_1
      WHERE anon_3.entity_id = $3::UUID AND demand_1.entity_id = anon_3.entity_id AND demand_1.line_id = anon_3.id
      ORDER BY demand_1.item_id ASC
      LIMIT $4::INTEGER
    ) AS anon_6
  ) || '}'), ','
  ORDER BY anon_3.line_number ASC), '') || ']}') AS anon_2
  FROM (
    SELECT sales_order_line_1.entity_id AS entity_id,
        sales_order_line_1.id AS id,
        sales_order_line_1.item_id AS item_id,
        sales_order_line_1.line_number AS line_number,
        sales_order_line_1.quantity AS quantity,
        sales_order_line_1.shipped_quantity AS shipped_quantity
    FROM sales_order_line AS sales_order_line_1
    WHERE sales_order_1.entity_id = $5::UUID
        AND sales_order_line_1.entity_id = sales_order_1.entity_id
        AND sales_order_line_1.order_id = sales_order_1.id
    ORDER BY sales_order_line_1.line_number ASC
    LIMIT $6::INTEGER
  ) AS anon_3
) || ',"shipments":' || (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"number":'
      || CAST(to_json(anon_10.number) AS TEXT)
      || ',"shippedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_10.shipped_at)) AS TEXT), '"')
      || 'Z"}'), ','
  ORDER BY anon_10.shipped_at ASC, anon_10.id ASC), '') || ']}') AS anon_9
  FROM (
    SELECT shipment_1.entity_id AS entity_id,
        shipment_1.id AS id,
        shipment_1.number AS number,
        shipment_1.shipped_at AS shipped_at
    FROM shipment AS shipment_1
    WHERE sales_order_1.entity_id = $7::UUID
        AND shipment_1.entity_id = sales_order_1.entity_id
        AND shipment_1.sales_order_id = sales_order_1.id
    ORDER BY shipment_1.shipped_at ASC, shipment_1.id ASC
    LIMIT $8::INTEGER
  ) AS anon_10
) || '}') AS anon_1
FROM sales_order AS sales_order_1
WHERE sales_order_1.entity_id = $5::UUID AND sales_order_1.number = $9::VARCHAR AND sales_order_1.entity_id = $10::UUID
LIMIT 2

-- For a reader of several
SELECT ('{"id":"'
    || rtrim(replace(replace(encode('SalesOrder:'::bytea
    || uuid_send(sales_order_1.entity_id)
    || uuid_send(sales_order_1.id), 'base64'), '+', '-'), '/', '_'), '=')
    || '","status":"'
    || upper(sales_order_1.status)
    || '","version":'
    || CAST(sales_order_1.version AS TEXT)
    || ',"lines":'
    || (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"lineNumber":'
      || CAST(anon_3.line_number AS TEXT)
      || ',"quantity":"'
      || CAST(anon_3.quantity AS TEXT)
      || '","shippedQuantity":"'
      || CAST(anon_3.shipped_quantity AS TEXT)
      || '","item":'
      || coalesce((
    SELECT ('{"sku":' || CAST(to_json(item_1.sku) AS TEXT) || '}') AS anon_4
    FROM item AS item_1
    WHERE item_1.id = anon_3.item_id
  ), 'null') || ',"demands":' || (
    SELECT ('{"nodes":['
        || coalesce(string_agg(('{"dueDate":"'
        || CAST(anon_6.due_date AS TEXT)
        || '","openQuantity":"'
        || CAST(anon_6.open_quantity AS TEXT)
        || '","reservations":'
        || (
      SELECT ('{"nodes":['
          || coalesce(string_agg(('{"status":"'
          || upper(anon_8.status)
          || '","openQuantity":"'
          || CAST(anon_8.open_quantity AS TEXT)
          || '"}'), ','
      ORDER BY anon_8.reserved_at ASC, anon_8.id ASC), '') || ']}') AS anon_7
      FROM (
        SELECT reservation_1.entity_id AS entity_id,
            reservation_1.id AS id,
            reservation_1.open_quantity AS open_quantity,
            reservation_1.reserved_at AS reserved_at,
            reservation_1.status AS status
        FROM reservation AS reservation_1
        WHERE anon_6.entity_id = ANY (CAST($1::UUID[] AS UUID[]))
            AND reservation_1.entity_id = anon_6.entity_id
            AND reservation_1.demand_id = anon_6.id
        ORDER BY reservation_1.reserved_at ASC, reservation_1.id ASC
        LIMIT $2::INTEGER
      ) AS anon_8
    ) || '}'), ','
    ORDER BY anon_6.item_id ASC), '') || ']}') AS anon_5
    FROM (
      SELECT demand_1.due_date AS due_date,
          demand_1.entity_id AS entity_id,
          demand_1.id AS id,
          demand_1.item_id AS item_id,
          demand_1.open_quantity AS open_quantity
      FROM demand AS demand_1
      WHERE anon_3.entity_id = ANY (CAST($3::UUID[] AS UUID[]))
          AND demand_1.entity_id = anon_3.entity_id
          AND demand_1.line_id = anon_3.id
      ORDER BY demand_1.item_id ASC
      LIMIT $4::INTEGER
    ) AS anon_6
  ) || '}'), ','
  ORDER BY anon_3.line_number ASC), '') || ']}') AS anon_2
  FROM (
    SELECT sales_order_line_1.entity_id AS entity_id,
        sales_order_line_1.id AS id,
        sales_order_line_1.item_id AS item_id,
        sales_order_line_1.line_number AS line_number,
        sales_order_line_1.quantity AS quantity,
        sales_order_line_1.shipped_quantity AS shipped_quantity
    FROM sales_order_line AS sales_order_line_1
    WHERE sales_order_1.entity_id = ANY (CAST($5::UUID[] AS UUID[]))
        AND sales_order_line_1.entity_id = sales_order_1.entity_id
        AND sales_order_line_1.order_id = sales_order_1.id
    ORDER BY sales_order_line_1.line_number ASC
    LIMIT $6::INTEGER
  ) AS anon_3
) || ',"shipments":' || (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"number":'
      || CAST(to_json(anon_10.number) AS TEXT)
      || ',"shippedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_10.shipped_at)) AS TEXT), '"')
      || 'Z"}'), ','
  ORDER BY anon_10.shipped_at ASC, anon_10.id ASC), '') || ']}') AS anon_9
  FROM (
    SELECT shipment_1.entity_id AS entity_id,
        shipment_1.id AS id,
        shipment_1.number AS number,
        shipment_1.shipped_at AS shipped_at
    FROM shipment AS shipment_1
    WHERE sales_order_1.entity_id = ANY (CAST($7::UUID[] AS UUID[]))
        AND shipment_1.entity_id = sales_order_1.entity_id
        AND shipment_1.sales_order_id = sales_order_1.id
    ORDER BY shipment_1.shipped_at ASC, shipment_1.id ASC
    LIMIT $8::INTEGER
  ) AS anon_10
) || '}') AS anon_1
FROM sales_order AS sales_order_1
WHERE sales_order_1.entity_id = ANY (CAST($5::UUID[] AS UUID[]))
    AND sales_order_1.number = $9::VARCHAR
    AND sales_order_1.entity_id = $10::UUID
LIMIT 2
