-- For a reader of one legal entity
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('PurchaseOrder:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","number":'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"status":"'
      || upper(anon_3.status)
      || '","orderedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.ordered_at)) AS TEXT), '"')
      || 'Z","lines":'
      || (
    SELECT ('{"nodes":[' || coalesce(string_agg(('{"item":' || coalesce((
      SELECT ('{"sku":' || CAST(to_json(item_1.sku) AS TEXT) || '}') AS anon_5
      FROM item AS item_1
      WHERE item_1.id = anon_6.item_id
    ), 'null')
        || ',"quantity":"'
        || CAST(anon_6.quantity AS TEXT)
        || '","receivedQuantity":"'
        || CAST(anon_6.received_quantity AS TEXT)
        || '"}'), ','
    ORDER BY anon_6.line_number ASC), '') || ']}') AS anon_4
    FROM (
      SELECT purchase_order_line_1.entity_id AS entity_id,
          purchase_order_line_1.id AS id,
          purchase_order_line_1.item_id AS item_id,
          purchase_order_line_1.line_number AS line_number,
          purchase_order_line_1.quantity AS quantity,
          purchase_order_line_1.received_quantity AS received_quantity
      FROM purchase_order_line AS purchase_order_line_1
      WHERE anon_3.entity_id = $1::UUID
          AND purchase_order_line_1.entity_id = anon_3.entity_id
          AND purchase_order_line_1.order_id = anon_3.id
      ORDER BY purchase_order_line_1.line_number ASC
      LIMIT $2::INTEGER
    ) AS anon_6
  ) || '}'), ','
  ORDER BY anon_3.ordered_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $3::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $3::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["e3bb0ae4",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.ordered_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.ordered_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $3::INTEGER))[least(count(*), $3::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT purchase_order_1.entity_id AS entity_id,
        purchase_order_1.id AS id,
        purchase_order_1.number AS number,
        purchase_order_1.ordered_at AS ordered_at,
        purchase_order_1.status AS status, row_number() OVER (ORDER BY purchase_order_1.ordered_at DESC, purchase_order_1.id DESC) AS rank_in_page
    FROM purchase_order AS purchase_order_1
    WHERE purchase_order_1.entity_id = $1::UUID AND purchase_order_1.supplier_id = $4::UUID
    ORDER BY purchase_order_1.ordered_at DESC, purchase_order_1.id DESC
    LIMIT $3::INTEGER + 1
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('PurchaseOrder:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","number":'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"status":"'
      || upper(anon_3.status)
      || '","orderedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.ordered_at)) AS TEXT), '"')
      || 'Z","lines":'
      || (
    SELECT ('{"nodes":[' || coalesce(string_agg(('{"item":' || coalesce((
      SELECT ('{"sku":' || CAST(to_json(item_1.sku) AS TEXT) || '}') AS anon_5
      FROM item AS item_1
      WHERE item_1.id = anon_6.item_id
    ), 'null')
        || ',"quantity":"'
        || CAST(anon_6.quantity AS TEXT)
        || '","receivedQuantity":"'
        || CAST(anon_6.received_quantity AS TEXT)
        || '"}'), ','
    ORDER BY anon_6.line_number ASC), '') || ']}') AS anon_4
    FROM (
      SELECT purchase_order_line_1.entity_id AS entity_id,
          purchase_order_line_1.id AS id,
          purchase_order_line_1.item_id AS item_id,
          purchase_order_line_1.line_number AS line_number,
          purchase_order_line_1.quantity AS quantity,
          purchase_order_line_1.received_quantity AS received_quantity
      FROM purchase_order_line AS purchase_order_line_1
      WHERE anon_3.entity_id = ANY (CAST($1::UUID[] AS UUID[]))
          AND purchase_order_line_1.entity_id = anon_3.entity_id
          AND purchase_order_line_1.order_id = anon_3.id
      ORDER BY purchase_order_line_1.line_number ASC
      LIMIT $2::INTEGER
    ) AS anon_6
  ) || '}'), ','
  ORDER BY anon_3.ordered_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $3::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $3::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["e3bb0ae4",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.ordered_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.ordered_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $3::INTEGER))[least(count(*), $3::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT anon_7.entity_id AS entity_id,
        anon_7.id AS id,
        anon_7.number AS number,
        anon_7.ordered_at AS ordered_at,
        anon_7.status AS status, row_number() OVER (ORDER BY anon_7.ordered_at DESC, anon_7.id DESC, anon_7.entity_id DESC) AS rank_in_page
    FROM unnest(CAST($1::UUID[] AS UUID[])) AS anon_8(id)
    JOIN LATERAL (
      SELECT purchase_order_1.entity_id AS entity_id,
          purchase_order_1.id AS id,
          purchase_order_1.number AS number,
          purchase_order_1.ordered_at AS ordered_at,
          purchase_order_1.status AS status
      FROM purchase_order AS purchase_order_1
      WHERE purchase_order_1.entity_id = anon_8.id AND purchase_order_1.supplier_id = $4::UUID
      ORDER BY purchase_order_1.ordered_at DESC, purchase_order_1.id DESC
      LIMIT $3::INTEGER + 1
    ) AS anon_7 ON true
    ORDER BY anon_7.ordered_at DESC, anon_7.id DESC, anon_7.entity_id DESC
    LIMIT $3::INTEGER + 1
  ) AS anon_3
) AS anon_1
