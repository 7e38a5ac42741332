-- For a reader of one legal entity
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('Item:'::bytea
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","sku":'
      || CAST(to_json(anon_3.sku) AS TEXT)
      || ',"name":'
      || CAST(to_json(anon_3.name) AS TEXT)
      || ',"balances":'
      || (
    SELECT ('{"nodes":['
        || coalesce(string_agg(('{"onHand":"'
        || CAST(anon_5.on_hand AS TEXT)
        || '","reserved":"'
        || CAST(anon_5.reserved AS TEXT)
        || '","available":"'
        || CAST((anon_5.on_hand - anon_5.held) - anon_5.reserved AS TEXT)
        || '","site":'
        || coalesce((
      SELECT ('{"code":' || CAST(to_json(location_1.code) AS TEXT) || '}') AS anon_6
      FROM location AS location_1
      WHERE anon_5.entity_id = $1::UUID AND location_1.id = anon_5.site_id AND location_1.entity_id = anon_5.entity_id
    ), 'null') || '}'), ','
    ORDER BY anon_5.site_id ASC), '') || ']}') AS anon_4
    FROM (
      SELECT site_balance_1.entity_id AS entity_id,
          site_balance_1.held AS held,
          site_balance_1.id AS id,
          site_balance_1.item_id AS item_id,
          site_balance_1.on_hand AS on_hand,
          site_balance_1.reserved AS reserved,
          site_balance_1.site_id AS site_id
      FROM site_balance AS site_balance_1
      WHERE site_balance_1.entity_id = $2::UUID AND site_balance_1.item_id = anon_3.id
      ORDER BY site_balance_1.site_id ASC
      LIMIT $3::INTEGER
    ) AS anon_5
  ) || '}'), ','
  ORDER BY anon_3.sku ASC)
  FILTER (WHERE anon_3.rank_in_page <= $4::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $4::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["dcaf93b0",'
      || CAST(to_json(anon_3.sku) AS TEXT)
      || ',"'
      || CAST(anon_3.id AS TEXT)
      || '"]')
  ORDER BY anon_3.sku ASC)
  FILTER (WHERE anon_3.rank_in_page <= $4::INTEGER))[least(count(*), $4::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT item_1.id AS id,
        item_1.name AS name,
        item_1.sku AS sku, row_number() OVER (ORDER BY item_1.sku ASC) AS rank_in_page
    FROM item AS item_1
    ORDER BY item_1.sku ASC
    LIMIT $4::INTEGER + 1
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('Item:'::bytea
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","sku":'
      || CAST(to_json(anon_3.sku) AS TEXT)
      || ',"name":'
      || CAST(to_json(anon_3.name) AS TEXT)
      || ',"balances":'
      || (
    SELECT ('{"nodes":['
        || coalesce(string_agg(('{"onHand":"'
        || CAST(anon_5.on_hand AS TEXT)
        || '","reserved":"'
        || CAST(anon_5.reserved AS TEXT)
        || '","available":"'
        || CAST((anon_5.on_hand - anon_5.held) - anon_5.reserved AS TEXT)
        || '","site":'
        || coalesce((
      SELECT ('{"code":' || CAST(to_json(location_1.code) AS TEXT) || '}') AS anon_6
      FROM location AS location_1
      WHERE anon_5.entity_id = ANY (CAST($1::UUID[] AS UUID[]))
          AND location_1.id = anon_5.site_id
          AND location_1.entity_id = anon_5.entity_id
    ), 'null') || '}'), ','
    ORDER BY anon_5.site_id ASC, anon_5.id ASC, anon_5.entity_id ASC), '') || ']}') AS anon_4
    FROM (
      SELECT anon_7.entity_id AS entity_id,
          anon_7.held AS held,
          anon_7.id AS id,
          anon_7.item_id AS item_id,
          anon_7.on_hand AS on_hand,
          anon_7.reserved AS reserved,
          anon_7.site_id AS site_id
      FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_8(id)
      JOIN LATERAL (
        SELECT site_balance_1.entity_id AS entity_id,
            site_balance_1.held AS held,
            site_balance_1.id AS id,
            site_balance_1.item_id AS item_id,
            site_balance_1.on_hand AS on_hand,
            site_balance_1.reserved AS reserved,
            site_balance_1.site_id AS site_id
        FROM site_balance AS site_balance_1
        WHERE site_balance_1.entity_id = anon_8.id AND site_balance_1.item_id = anon_3.id
        ORDER BY site_balance_1.site_id ASC
        LIMIT $3::INTEGER
      ) AS anon_7 ON true
      ORDER BY anon_7.site_id ASC, anon_7.id ASC, anon_7.entity_id ASC
      LIMIT $3::INTEGER
    ) AS anon_5
  ) || '}'), ','
  ORDER BY anon_3.sku ASC)
  FILTER (WHERE anon_3.rank_in_page <= $4::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $4::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["dcaf93b0",'
      || CAST(to_json(anon_3.sku) AS TEXT)
      || ',"'
      || CAST(anon_3.id AS TEXT)
      || '"]')
  ORDER BY anon_3.sku ASC)
  FILTER (WHERE anon_3.rank_in_page <= $4::INTEGER))[least(count(*), $4::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT item_1.id AS id,
        item_1.name AS name,
        item_1.sku AS sku, row_number() OVER (ORDER BY item_1.sku ASC) AS rank_in_page
    FROM item AS item_1
    ORDER BY item_1.sku ASC
    LIMIT $4::INTEGER + 1
  ) AS anon_3
) AS anon_1
