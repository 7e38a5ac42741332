-- For a reader of one legal entity
SELECT (
  SELECT ('{"edges":['
      || coalesce(string_agg(('{"cursor":"'
      || replace(rtrim(replace(replace(encode(convert_to(('["0fedd8ce",'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"'
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
  ORDER BY anon_3.number ASC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '') || '],"pageInfo":{"hasNextPage":' || CAST(coalesce((
    SELECT true AS anon_4
    FROM sales_order AS sales_order_1
    WHERE sales_order_1.entity_id = $2::UUID
        AND (sales_order_1.number, sales_order_1.id, sales_order_1.entity_id) >= ($3::VARCHAR, $4::UUID, $5::UUID)
    ORDER BY sales_order_1.number ASC
    LIMIT 1
  ), false) AS TEXT)
      || ',"hasPreviousPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
      || ',"startCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["0fedd8ce",'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.number ASC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER))[1], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT sales_order_2.entity_id AS entity_id,
        sales_order_2.id AS id,
        sales_order_2.number AS number, row_number() OVER (ORDER BY sales_order_2.number DESC) AS rank_in_page
    FROM sales_order AS sales_order_2
    WHERE sales_order_2.entity_id = $2::UUID
        AND (sales_order_2.number, sales_order_2.id, sales_order_2.entity_id) < ($3::VARCHAR, $4::UUID, $5::UUID)
    ORDER BY sales_order_2.number DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"edges":['
      || coalesce(string_agg(('{"cursor":"'
      || replace(rtrim(replace(replace(encode(convert_to(('["0fedd8ce",'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"'
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
  ORDER BY anon_3.number ASC, anon_3.id ASC, anon_3.entity_id ASC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '') || '],"pageInfo":{"hasNextPage":' || CAST(coalesce((
    SELECT true AS anon_4
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_5(id)
    JOIN LATERAL (
      SELECT sales_order_1.number AS number, sales_order_1.id AS id, sales_order_1.entity_id AS entity_id
      FROM sales_order AS sales_order_1
      WHERE sales_order_1.entity_id = anon_5.id
          AND (sales_order_1.number, sales_order_1.id, sales_order_1.entity_id) >= ($3::VARCHAR, $4::UUID, $5::UUID)
      ORDER BY sales_order_1.number ASC
      LIMIT 1
    ) AS anon_6 ON true
    ORDER BY anon_6.number ASC, anon_6.id ASC, anon_6.entity_id ASC
    LIMIT 1
  ), false) AS TEXT)
      || ',"hasPreviousPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
      || ',"startCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["0fedd8ce",'
      || CAST(to_json(anon_3.number) AS TEXT)
      || ',"'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.number ASC, anon_3.id ASC, anon_3.entity_id ASC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER))[1], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT anon_7.entity_id AS entity_id,
        anon_7.id AS id,
        anon_7.number AS number, row_number() OVER (ORDER BY anon_7.number DESC, anon_7.id DESC, anon_7.entity_id DESC) AS rank_in_page
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_8(id)
    JOIN LATERAL (
      SELECT sales_order_2.entity_id AS entity_id, sales_order_2.id AS id, sales_order_2.number AS number
      FROM sales_order AS sales_order_2
      WHERE sales_order_2.entity_id = anon_8.id
          AND (sales_order_2.number, sales_order_2.id, sales_order_2.entity_id) < ($3::VARCHAR, $4::UUID, $5::UUID)
      ORDER BY sales_order_2.number DESC
      LIMIT $1::INTEGER + 1
    ) AS anon_7 ON true
    ORDER BY anon_7.number DESC, anon_7.id DESC, anon_7.entity_id DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1
