-- For a reader of one legal entity
SELECT ('{"id":"'
    || rtrim(replace(replace(encode('SalesOrder:'::bytea
    || uuid_send(sales_order_1.entity_id)
    || uuid_send(sales_order_1.id), 'base64'), '+', '-'), '/', '_'), '=')
    || '","number":'
    || CAST(to_json(sales_order_1.number) AS TEXT)
    || ',"status":"'
    || upper(sales_order_1.status)
    || '","lines":'
    || ('{"totalCount":'
    || CAST((
  SELECT count(*) AS count_1
  FROM sales_order_line AS sales_order_line_1
  WHERE sales_order_1.entity_id = $1::UUID
      AND sales_order_line_1.entity_id = sales_order_1.entity_id
      AND sales_order_line_1.order_id = sales_order_1.id
) AS TEXT) || '}') || '}') AS anon_1
FROM sales_order AS sales_order_1
WHERE $2::UUID = $1::UUID AND sales_order_1.id = $3::UUID AND sales_order_1.entity_id = $2::UUID

-- For a reader of several
SELECT ('{"id":"'
    || rtrim(replace(replace(encode('SalesOrder:'::bytea
    || uuid_send(sales_order_1.entity_id)
    || uuid_send(sales_order_1.id), 'base64'), '+', '-'), '/', '_'), '=')
    || '","number":'
    || CAST(to_json(sales_order_1.number) AS TEXT)
    || ',"status":"'
    || upper(sales_order_1.status)
    || '","lines":'
    || ('{"totalCount":'
    || CAST((
  SELECT count(*) AS count_1
  FROM sales_order_line AS sales_order_line_1
  WHERE sales_order_1.entity_id = ANY (CAST($1::UUID[] AS UUID[]))
      AND sales_order_line_1.entity_id = sales_order_1.entity_id
      AND sales_order_line_1.order_id = sales_order_1.id
) AS TEXT) || '}') || '}') AS anon_1
FROM sales_order AS sales_order_1
WHERE $2::UUID = ANY (CAST($1::UUID[] AS UUID[])) AND sales_order_1.id = $3::UUID AND sales_order_1.entity_id = $2::UUID
