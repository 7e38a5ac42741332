-- For a reader of one legal entity
SELECT (
  SELECT ('{"totalCount":' || CAST((
    SELECT count(*) AS count_1
    FROM site_balance AS site_balance_1
    WHERE site_balance_1.entity_id = $1::UUID AND site_balance_1.site_id = $2::UUID
  ) AS TEXT) || ',"nodes":[' || coalesce(string_agg(('{"item":' || coalesce((
    SELECT ('{"sku":'
        || CAST(to_json(item_1.sku) AS TEXT)
        || ',"name":'
        || CAST(to_json(item_1.name) AS TEXT)
        || '}') AS anon_3
    FROM item AS item_1
    WHERE item_1.id = anon_4.item_id
  ), 'null')
      || ',"onHand":"'
      || CAST(anon_4.on_hand AS TEXT)
      || '","available":"'
      || CAST((anon_4.on_hand - anon_4.held) - anon_4.reserved AS TEXT)
      || '"}'), ','
  ORDER BY anon_4.item_id ASC, anon_4.site_id ASC), '') || ']}') AS anon_2
  FROM (
    SELECT site_balance_2.entity_id AS entity_id,
        site_balance_2.held AS held,
        site_balance_2.id AS id,
        site_balance_2.item_id AS item_id,
        site_balance_2.on_hand AS on_hand,
        site_balance_2.reserved AS reserved,
        site_balance_2.site_id AS site_id
    FROM site_balance AS site_balance_2
    WHERE site_balance_2.entity_id = $1::UUID AND site_balance_2.site_id = $2::UUID
    ORDER BY site_balance_2.item_id ASC, site_balance_2.site_id ASC
    LIMIT $3::INTEGER
  ) AS anon_4
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"totalCount":' || CAST((
    SELECT count(*) AS count_1
    FROM site_balance AS site_balance_1
    WHERE site_balance_1.entity_id = ANY (CAST($1::UUID[] AS UUID[])) AND site_balance_1.site_id = $2::UUID
  ) AS TEXT) || ',"nodes":[' || coalesce(string_agg(('{"item":' || coalesce((
    SELECT ('{"sku":'
        || CAST(to_json(item_1.sku) AS TEXT)
        || ',"name":'
        || CAST(to_json(item_1.name) AS TEXT)
        || '}') AS anon_3
    FROM item AS item_1
    WHERE item_1.id = anon_4.item_id
  ), 'null')
      || ',"onHand":"'
      || CAST(anon_4.on_hand AS TEXT)
      || '","available":"'
      || CAST((anon_4.on_hand - anon_4.held) - anon_4.reserved AS TEXT)
      || '"}'), ','
  ORDER BY anon_4.item_id ASC, anon_4.site_id ASC, anon_4.id ASC, anon_4.entity_id ASC), '') || ']}') AS anon_2
  FROM (
    SELECT anon_5.entity_id AS entity_id,
        anon_5.held AS held,
        anon_5.id AS id,
        anon_5.item_id AS item_id,
        anon_5.on_hand AS on_hand,
        anon_5.reserved AS reserved,
        anon_5.site_id AS site_id
    FROM unnest(CAST($1::UUID[] AS UUID[])) AS anon_6(id)
    JOIN LATERAL (
      SELECT site_balance_2.entity_id AS entity_id,
          site_balance_2.held AS held,
          site_balance_2.id AS id,
          site_balance_2.item_id AS item_id,
          site_balance_2.on_hand AS on_hand,
          site_balance_2.reserved AS reserved,
          site_balance_2.site_id AS site_id
      FROM site_balance AS site_balance_2
      WHERE site_balance_2.entity_id = anon_6.id AND site_balance_2.site_id = $2::UUID
      ORDER BY site_balance_2.item_id ASC, site_balance_2.site_id ASC
      LIMIT $3::INTEGER
    ) AS anon_5 ON true
    ORDER BY anon_5.item_id ASC, anon_5.site_id ASC, anon_5.id ASC, anon_5.entity_id ASC
    LIMIT $3::INTEGER
  ) AS anon_4
) AS anon_1
