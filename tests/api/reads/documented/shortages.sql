-- For a reader of one legal entity
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('Shortage:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","quantity":"'
      || CAST(anon_3.quantity AS TEXT)
      || '","dueDate":"'
      || CAST(anon_3.due_date AS TEXT)
      || '","item":'
      || coalesce((
    SELECT ('{"sku":' || CAST(to_json(item_1.sku) AS TEXT) || '}') AS anon_4
    FROM item AS item_1
    WHERE item_1.id = anon_3.item_id
  ), 'null') || ',"site":' || coalesce((
    SELECT ('{"code":' || CAST(to_json(location_1.code) AS TEXT) || '}') AS anon_5
    FROM location AS location_1
    WHERE anon_3.entity_id = $1::UUID AND location_1.id = anon_3.site_id AND location_1.entity_id = anon_3.entity_id
  ), 'null') || ',"options":' || (
    SELECT ('{"nodes":['
        || coalesce(string_agg(('{"id":"'
        || rtrim(replace(replace(encode('SourcingOption:'::bytea
        || uuid_send(anon_7.entity_id)
        || uuid_send(anon_7.id), 'base64'), '+', '-'), '/', '_'), '=')
        || '","rank":'
        || CAST(anon_7.rank AS TEXT)
        || ',"kind":"'
        || upper(anon_7.kind)
        || '","arrivalDate":"'
        || CAST(anon_7.arrival_date AS TEXT)
        || '","landedCost":'
        || ('{"amount":"'
        || CAST(anon_7.landed_cost AS TEXT)
        || '","currency":'
        || CAST(to_json(anon_7.currency) AS TEXT)
        || '}')
        || ',"supplier":'
        || coalesce((
      SELECT ('{"name":' || CAST(to_json(supplier_1.name) AS TEXT) || '}') AS anon_8
      FROM supplier AS supplier_1
      WHERE supplier_1.id = anon_7.supplier_id
    ), 'null') || ',"reason":' || CAST(to_json(anon_7.reason) AS TEXT) || '}'), ','
    ORDER BY anon_7.rank ASC, anon_7.id ASC), '') || ']}') AS anon_6
    FROM (
      SELECT sourcing_option_1.arrival_date AS arrival_date,
          sourcing_option_1.currency AS currency,
          sourcing_option_1.entity_id AS entity_id,
          sourcing_option_1.id AS id,
          sourcing_option_1.kind AS kind,
          sourcing_option_1.landed_cost AS landed_cost,
          sourcing_option_1.rank AS rank,
          sourcing_option_1.reason AS reason,
          sourcing_option_1.supplier_id AS supplier_id
      FROM sourcing_option AS sourcing_option_1
      WHERE anon_3.entity_id = $2::UUID
          AND sourcing_option_1.entity_id = anon_3.entity_id
          AND sourcing_option_1.shortage_id = anon_3.id
      ORDER BY sourcing_option_1.rank ASC, sourcing_option_1.id ASC
      LIMIT $3::INTEGER
    ) AS anon_7
  ) || '}'), ','
  ORDER BY anon_3.detected_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $4::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $4::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["fb662c76",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.detected_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.detected_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $4::INTEGER))[least(count(*), $4::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT shortage_1.detected_at AS detected_at,
        shortage_1.due_date AS due_date,
        shortage_1.entity_id AS entity_id,
        shortage_1.id AS id,
        shortage_1.item_id AS item_id,
        shortage_1.quantity AS quantity,
        shortage_1.site_id AS site_id, row_number() OVER (ORDER BY shortage_1.detected_at DESC, shortage_1.id DESC) AS rank_in_page
    FROM shortage AS shortage_1
    WHERE shortage_1.entity_id = $2::UUID AND shortage_1.status = $5::VARCHAR
    ORDER BY shortage_1.detected_at DESC, shortage_1.id DESC
    LIMIT $4::INTEGER + 1
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('Shortage:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","quantity":"'
      || CAST(anon_3.quantity AS TEXT)
      || '","dueDate":"'
      || CAST(anon_3.due_date AS TEXT)
      || '","item":'
      || coalesce((
    SELECT ('{"sku":' || CAST(to_json(item_1.sku) AS TEXT) || '}') AS anon_4
    FROM item AS item_1
    WHERE item_1.id = anon_3.item_id
  ), 'null') || ',"site":' || coalesce((
    SELECT ('{"code":' || CAST(to_json(location_1.code) AS TEXT) || '}') AS anon_5
    FROM location AS location_1
    WHERE anon_3.entity_id = ANY (CAST($1::UUID[] AS UUID[]))
        AND location_1.id = anon_3.site_id
        AND location_1.entity_id = anon_3.entity_id
  ), 'null') || ',"options":' || (
    SELECT ('{"nodes":['
        || coalesce(string_agg(('{"id":"'
        || rtrim(replace(replace(encode('SourcingOption:'::bytea
        || uuid_send(anon_7.entity_id)
        || uuid_send(anon_7.id), 'base64'), '+', '-'), '/', '_'), '=')
        || '","rank":'
        || CAST(anon_7.rank AS TEXT)
        || ',"kind":"'
        || upper(anon_7.kind)
        || '","arrivalDate":"'
        || CAST(anon_7.arrival_date AS TEXT)
        || '","landedCost":'
        || ('{"amount":"'
        || CAST(anon_7.landed_cost AS TEXT)
        || '","currency":'
        || CAST(to_json(anon_7.currency) AS TEXT)
        || '}')
        || ',"supplier":'
        || coalesce((
      SELECT ('{"name":' || CAST(to_json(supplier_1.name) AS TEXT) || '}') AS anon_8
      FROM supplier AS supplier_1
      WHERE supplier_1.id = anon_7.supplier_id
    ), 'null') || ',"reason":' || CAST(to_json(anon_7.reason) AS TEXT) || '}'), ','
    ORDER BY anon_7.rank ASC, anon_7.id ASC), '') || ']}') AS anon_6
    FROM (
      SELECT sourcing_option_1.arrival_date AS arrival_date,
          sourcing_option_1.currency AS currency,
          sourcing_option_1.entity_id AS entity_id,
          sourcing_option_1.id AS id,
          sourcing_option_1.kind AS kind,
          sourcing_option_1.landed_cost AS landed_cost,
          sourcing_option_1.rank AS rank,
          sourcing_option_1.reason AS reason,
          sourcing_option_1.supplier_id AS supplier_id
      FROM sourcing_option AS sourcing_option_1
      WHERE anon_3.entity_id = ANY (CAST($2::UUID[] AS UUID[]))
          AND sourcing_option_1.entity_id = anon_3.entity_id
          AND sourcing_option_1.shortage_id = anon_3.id
      ORDER BY sourcing_option_1.rank ASC, sourcing_option_1.id ASC
      LIMIT $3::INTEGER
    ) AS anon_7
  ) || '}'), ','
  ORDER BY anon_3.detected_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $4::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $4::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["fb662c76",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.detected_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.detected_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $4::INTEGER))[least(count(*), $4::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT anon_9.detected_at AS detected_at,
        anon_9.due_date AS due_date,
        anon_9.entity_id AS entity_id,
        anon_9.id AS id,
        anon_9.item_id AS item_id,
        anon_9.quantity AS quantity,
        anon_9.site_id AS site_id, row_number() OVER (ORDER BY anon_9.detected_at DESC, anon_9.id DESC, anon_9.entity_id DESC) AS rank_in_page
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_10(id)
    JOIN LATERAL (
      SELECT shortage_1.detected_at AS detected_at,
          shortage_1.due_date AS due_date,
          shortage_1.entity_id AS entity_id,
          shortage_1.id AS id,
          shortage_1.item_id AS item_id,
          shortage_1.quantity AS quantity,
          shortage_1.site_id AS site_id
      FROM shortage AS shortage_1
      WHERE shortage_1.entity_id = anon_10.id AND shortage_1.status = $5::VARCHAR
      ORDER BY shortage_1.detected_at DESC, shortage_1.id DESC
      LIMIT $4::INTEGER + 1
    ) AS anon_9 ON true
    ORDER BY anon_9.detected_at DESC, anon_9.id DESC, anon_9.entity_id DESC
    LIMIT $4::INTEGER + 1
  ) AS anon_3
) AS anon_1
