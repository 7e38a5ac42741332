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
      || 'Z"}'), ','
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
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
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER))[least(count(*), $1::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT sales_order_1.entity_id AS entity_id,
        sales_order_1.id AS id,
        sales_order_1.number AS number,
        sales_order_1.placed_at AS placed_at,
        sales_order_1.status AS status, row_number() OVER (ORDER BY sales_order_1.placed_at DESC, sales_order_1.id DESC) AS rank_in_page
    FROM sales_order AS sales_order_1
    WHERE sales_order_1.entity_id = $2::UUID AND (EXISTS (
      SELECT 1
      FROM sales_order_line AS sales_order_line_1
      WHERE sales_order_1.entity_id = $2::UUID
          AND sales_order_line_1.entity_id = sales_order_1.entity_id
          AND sales_order_line_1.order_id = sales_order_1.id
          AND sales_order_line_1.item_id = $3::UUID
    ))
    ORDER BY sales_order_1.placed_at DESC, sales_order_1.id DESC
    LIMIT $1::INTEGER + 1
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
      || 'Z"}'), ','
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
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
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER))[least(count(*), $1::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT anon_4.entity_id AS entity_id,
        anon_4.id AS id,
        anon_4.number AS number,
        anon_4.placed_at AS placed_at,
        anon_4.status AS status, row_number() OVER (ORDER BY anon_4.placed_at DESC, anon_4.id DESC, anon_4.entity_id DESC) AS rank_in_page
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_5(id)
    JOIN LATERAL (
      SELECT sales_order_1.entity_id AS entity_id,
          sales_order_1.id AS id,
          sales_order_1.number AS number,
          sales_order_1.placed_at AS placed_at,
          sales_order_1.status AS status
      FROM sales_order AS sales_order_1
      WHERE sales_order_1.entity_id = anon_5.id AND (EXISTS (
        SELECT 1
        FROM sales_order_line AS sales_order_line_1
        WHERE sales_order_1.entity_id = ANY (CAST($2::UUID[] AS UUID[]))
            AND sales_order_line_1.entity_id = sales_order_1.entity_id
            AND sales_order_line_1.order_id = sales_order_1.id
            AND sales_order_line_1.item_id = $3::UUID
      ))
      ORDER BY sales_order_1.placed_at DESC, sales_order_1.id DESC
      LIMIT $1::INTEGER + 1
    ) AS anon_4 ON true
    ORDER BY anon_4.placed_at DESC, anon_4.id DESC, anon_4.entity_id DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1
