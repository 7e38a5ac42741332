-- For a reader of one legal entity
SELECT ('{"id":"'
    || rtrim(replace(replace(encode('Item:'::bytea
    || uuid_send(item_1.id), 'base64'), '+', '-'), '/', '_'), '=')
    || '","sku":'
    || CAST(to_json(item_1.sku) AS TEXT)
    || ',"name":'
    || CAST(to_json(item_1.name) AS TEXT)
    || ',"baseUnit":'
    || CAST(to_json(item_1.base_unit) AS TEXT)
    || ',"status":"'
    || upper(item_1.status)
    || '","version":'
    || CAST(item_1.version AS TEXT)
    || '}') AS anon_1
FROM item AS item_1
WHERE item_1.sku = $1::VARCHAR
LIMIT 2

-- For a reader of several
SELECT ('{"id":"'
    || rtrim(replace(replace(encode('Item:'::bytea
    || uuid_send(item_1.id), 'base64'), '+', '-'), '/', '_'), '=')
    || '","sku":'
    || CAST(to_json(item_1.sku) AS TEXT)
    || ',"name":'
    || CAST(to_json(item_1.name) AS TEXT)
    || ',"baseUnit":'
    || CAST(to_json(item_1.base_unit) AS TEXT)
    || ',"status":"'
    || upper(item_1.status)
    || '","version":'
    || CAST(item_1.version AS TEXT)
    || '}') AS anon_1
FROM item AS item_1
WHERE item_1.sku = $1::VARCHAR
LIMIT 2
