-- For a reader of one legal entity
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"quantity":"'
      || CAST(anon_3.quantity AS TEXT)
      || '","recordedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.recorded_at)) AS TEXT), '"')
      || 'Z","fromLocation":'
      || coalesce((
    SELECT ('{"code":' || CAST(to_json(location_1.code) AS TEXT) || '}') AS anon_4
    FROM location AS location_1
    WHERE anon_3.entity_id = $1::UUID
        AND location_1.id = anon_3.from_location_id
        AND location_1.entity_id = anon_3.entity_id
  ), 'null') || ',"toLocation":' || coalesce((
    SELECT ('{"code":' || CAST(to_json(location_2.code) AS TEXT) || '}') AS anon_5
    FROM location AS location_2
    WHERE anon_3.entity_id = $1::UUID AND location_2.id = anon_3.to_location_id AND location_2.entity_id = anon_3.entity_id
  ), 'null') || ',"documentType":' || CAST(to_json(anon_3.document_type) AS TEXT) || '}'), ','
  ORDER BY anon_3.recorded_at DESC, anon_3.id DESC), '') || ']}') AS anon_2
  FROM (
    SELECT movement_1.document_type AS document_type,
        movement_1.entity_id AS entity_id,
        movement_1.from_location_id AS from_location_id,
        movement_1.id AS id,
        movement_1.quantity AS quantity,
        movement_1.recorded_at AS recorded_at,
        movement_1.to_location_id AS to_location_id
    FROM movement AS movement_1
    WHERE movement_1.entity_id = $2::UUID AND movement_1.item_id = $3::UUID
    ORDER BY movement_1.recorded_at DESC, movement_1.id DESC
    LIMIT $4::INTEGER
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"quantity":"'
      || CAST(anon_3.quantity AS TEXT)
      || '","recordedAt":'
      || rtrim(CAST(to_json(timezone('UTC', anon_3.recorded_at)) AS TEXT), '"')
      || 'Z","fromLocation":'
      || coalesce((
    SELECT ('{"code":' || CAST(to_json(location_1.code) AS TEXT) || '}') AS anon_4
    FROM location AS location_1
    WHERE anon_3.entity_id = ANY (CAST($1::UUID[] AS UUID[]))
        AND location_1.id = anon_3.from_location_id
        AND location_1.entity_id = anon_3.entity_id
  ), 'null') || ',"toLocation":' || coalesce((
    SELECT ('{"code":' || CAST(to_json(location_2.code) AS TEXT) || '}') AS anon_5
    FROM location AS location_2
    WHERE anon_3.entity_id = ANY (CAST($1::UUID[] AS UUID[]))
        AND location_2.id = anon_3.to_location_id
        AND location_2.entity_id = anon_3.entity_id
  ), 'null') || ',"documentType":' || CAST(to_json(anon_3.document_type) AS TEXT) || '}'), ','
  ORDER BY anon_3.recorded_at DESC, anon_3.id DESC, anon_3.entity_id DESC), '') || ']}') AS anon_2
  FROM (
    SELECT anon_6.document_type AS document_type,
        anon_6.entity_id AS entity_id,
        anon_6.from_location_id AS from_location_id,
        anon_6.id AS id,
        anon_6.quantity AS quantity,
        anon_6.recorded_at AS recorded_at,
        anon_6.to_location_id AS to_location_id
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_7(id)
    JOIN LATERAL (
      SELECT movement_1.document_type AS document_type,
          movement_1.entity_id AS entity_id,
          movement_1.from_location_id AS from_location_id,
          movement_1.id AS id,
          movement_1.quantity AS quantity,
          movement_1.recorded_at AS recorded_at,
          movement_1.to_location_id AS to_location_id
      FROM movement AS movement_1
      WHERE movement_1.entity_id = anon_7.id AND movement_1.item_id = $3::UUID
      ORDER BY movement_1.recorded_at DESC, movement_1.id DESC
      LIMIT $4::INTEGER
    ) AS anon_6 ON true
    ORDER BY anon_6.recorded_at DESC, anon_6.id DESC, anon_6.entity_id DESC
    LIMIT $4::INTEGER
  ) AS anon_3
) AS anon_1
