-- For a reader of one legal entity
SELECT (
  SELECT ('{"edges":['
      || coalesce(string_agg(('{"cursor":"'
      || replace(rtrim(replace(replace(encode(convert_to(('["b711e068",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.placed_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]'), 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '","node":{"id":"'
      || rtrim(replace(replace(encode('SalesOrder:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","number":'
      || CAST(to_json(anon_3.number) AS TEXT)
      || '}}'), ','
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
      || ',"hasPreviousPage":'
      || CAST(coalesce((
    SELECT true AS anon_4
    FROM sales_order AS sales_order_1
    WHERE sales_order_1.entity_id = $2::UUID
        AND (sales_order_1.placed_at, sales_order_1.id, sales_order_1.entity_id) >= ($3::TIMESTAMP WITH TIME ZONE, $4::UUID, $5::UUID)
    ORDER BY sales_order_1.placed_at ASC, sales_order_1.id ASC
    LIMIT 1
  ), false) AS TEXT)
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
    SELECT sales_order_2.entity_id AS entity_id,
        sales_order_2.id AS id,
        sales_order_2.number AS number,
        sales_order_2.placed_at AS placed_at, row_number() OVER (ORDER BY sales_order_2.placed_at DESC, sales_order_2.id DESC) AS rank_in_page
    FROM sales_order AS sales_order_2
    WHERE sales_order_2.entity_id = $2::UUID
        AND (sales_order_2.placed_at, sales_order_2.id, sales_order_2.entity_id) < ($3::TIMESTAMP WITH TIME ZONE, $4::UUID, $5::UUID)
    ORDER BY sales_order_2.placed_at DESC, sales_order_2.id DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"edges":['
      || coalesce(string_agg(('{"cursor":"'
      || replace(rtrim(replace(replace(encode(convert_to(('["b711e068",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.placed_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]'), 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '","node":{"id":"'
      || rtrim(replace(replace(encode('SalesOrder:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","number":'
      || CAST(to_json(anon_3.number) AS TEXT)
      || '}}'), ','
  ORDER BY anon_3.placed_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
      || ',"hasPreviousPage":'
      || CAST(coalesce((
    SELECT true AS anon_4
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_5(id)
    JOIN LATERAL (
      SELECT sales_order_1.placed_at AS placed_at, sales_order_1.id AS id, sales_order_1.entity_id AS entity_id
      FROM sales_order AS sales_order_1
      WHERE sales_order_1.entity_id = anon_5.id
          AND (sales_order_1.placed_at, sales_order_1.id, sales_order_1.entity_id) >= ($3::TIMESTAMP WITH TIME ZONE, $4::UUID, $5::UUID)
      ORDER BY sales_order_1.placed_at ASC, sales_order_1.id ASC
      LIMIT 1
    ) AS anon_6 ON true
    ORDER BY anon_6.placed_at ASC, anon_6.id ASC, anon_6.entity_id ASC
    LIMIT 1
  ), false) AS TEXT)
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
    SELECT anon_7.entity_id AS entity_id,
        anon_7.id AS id,
        anon_7.number AS number,
        anon_7.placed_at AS placed_at, row_number() OVER (ORDER BY anon_7.placed_at DESC, anon_7.id DESC, anon_7.entity_id DESC) AS rank_in_page
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_8(id)
    JOIN LATERAL (
      SELECT sales_order_2.entity_id AS entity_id,
          sales_order_2.id AS id,
          sales_order_2.number AS number,
          sales_order_2.placed_at AS placed_at
      FROM sales_order AS sales_order_2
      WHERE sales_order_2.entity_id = anon_8.id
          AND (sales_order_2.placed_at, sales_order_2.id, sales_order_2.entity_id) < ($3::TIMESTAMP WITH TIME ZONE, $4::UUID, $5::UUID)
      ORDER BY sales_order_2.placed_at DESC, sales_order_2.id DESC
      LIMIT $1::INTEGER + 1
    ) AS anon_7 ON true
    ORDER BY anon_7.placed_at DESC, anon_7.id DESC, anon_7.entity_id DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1
