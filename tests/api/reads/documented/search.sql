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
      || '}'), ','
  ORDER BY anon_3.sku ASC), '') || ']}') AS anon_2
  FROM (
    SELECT item_1.id AS id, item_1.name AS name, item_1.sku AS sku
    FROM item AS item_1
    WHERE item_1.status = $1::VARCHAR AND item_1.id = ANY (array((
      SELECT wharfinger.search_item(lower($2::VARCHAR)) AS search_item_1
    )))
    ORDER BY item_1.sku ASC
    LIMIT $3::INTEGER
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
      || '}'), ','
  ORDER BY anon_3.sku ASC), '') || ']}') AS anon_2
  FROM (
    SELECT item_1.id AS id, item_1.name AS name, item_1.sku AS sku
    FROM item AS item_1
    WHERE item_1.status = $1::VARCHAR AND item_1.id = ANY (array((
      SELECT wharfinger.search_item(lower($2::VARCHAR)) AS search_item_1
    )))
    ORDER BY item_1.sku ASC
    LIMIT $3::INTEGER
  ) AS anon_3
) AS anon_1
