-- For a reader of one legal entity
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('ExceptionCase:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","type":"'
      || upper(anon_3.type)
      || '","summary":'
      || CAST(to_json(anon_3.summary) AS TEXT)
      || ',"severity":'
      || ('{"amount":"'
      || CAST(anon_3.severity AS TEXT)
      || '","currency":'
      || CAST(to_json(anon_3.currency) AS TEXT)
      || '}')
      || ',"openedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.opened_at)) AS TEXT), '"')
      || 'Z"}'), ','
  ORDER BY anon_3.opened_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["58522dc8",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.opened_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.opened_at DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER))[least(count(*), $1::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT exception_case_1.currency AS currency,
        exception_case_1.entity_id AS entity_id,
        exception_case_1.id AS id,
        exception_case_1.opened_at AS opened_at,
        exception_case_1.severity AS severity,
        exception_case_1.summary AS summary,
        exception_case_1.type AS type, row_number() OVER (ORDER BY exception_case_1.opened_at DESC, exception_case_1.id DESC) AS rank_in_page
    FROM exception_case AS exception_case_1
    WHERE exception_case_1.entity_id = $2::UUID
        AND exception_case_1.status = $3::VARCHAR
        AND exception_case_1.owner_role = $4::VARCHAR
    ORDER BY exception_case_1.opened_at DESC, exception_case_1.id DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"id":"'
      || rtrim(replace(replace(encode('ExceptionCase:'::bytea
      || uuid_send(anon_3.entity_id)
      || uuid_send(anon_3.id), 'base64'), '+', '-'), '/', '_'), '=')
      || '","type":"'
      || upper(anon_3.type)
      || '","summary":'
      || CAST(to_json(anon_3.summary) AS TEXT)
      || ',"severity":'
      || ('{"amount":"'
      || CAST(anon_3.severity AS TEXT)
      || '","currency":'
      || CAST(to_json(anon_3.currency) AS TEXT)
      || '}')
      || ',"openedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.opened_at)) AS TEXT), '"')
      || 'Z"}'), ','
  ORDER BY anon_3.opened_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["58522dc8",'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.opened_at)) AS TEXT), '"')
      || 'Z","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.opened_at DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER))[least(count(*), $1::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT anon_4.currency AS currency,
        anon_4.entity_id AS entity_id,
        anon_4.id AS id,
        anon_4.opened_at AS opened_at,
        anon_4.severity AS severity,
        anon_4.summary AS summary,
        anon_4.type AS type, row_number() OVER (ORDER BY anon_4.opened_at DESC, anon_4.id DESC, anon_4.entity_id DESC) AS rank_in_page
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_5(id)
    JOIN LATERAL (
      SELECT exception_case_1.currency AS currency,
          exception_case_1.entity_id AS entity_id,
          exception_case_1.id AS id,
          exception_case_1.opened_at AS opened_at,
          exception_case_1.severity AS severity,
          exception_case_1.summary AS summary,
          exception_case_1.type AS type
      FROM exception_case AS exception_case_1
      WHERE exception_case_1.entity_id = anon_5.id
          AND exception_case_1.status = $3::VARCHAR
          AND exception_case_1.owner_role = $4::VARCHAR
      ORDER BY exception_case_1.opened_at DESC, exception_case_1.id DESC
      LIMIT $1::INTEGER + 1
    ) AS anon_4 ON true
    ORDER BY anon_4.opened_at DESC, anon_4.id DESC, anon_4.entity_id DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1
