-- For a reader of one legal entity
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"accountingDate":"'
      || CAST(anon_3.accounting_date AS TEXT)
      || '","debitAccount":"'
      || upper(anon_3.debit_account)
      || '","creditAccount":"'
      || upper(anon_3.credit_account)
      || '","amount":'
      || ('{"amount":"'
      || CAST(anon_3.amount AS TEXT)
      || '","currency":'
      || CAST(to_json(anon_3.currency) AS TEXT)
      || '}')
      || '}'), ','
  ORDER BY anon_3.accounting_date DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["f3dde5c6","'
      || CAST(anon_3.accounting_date AS TEXT)
      || '","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.accounting_date DESC, anon_3.id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER))[least(count(*), $1::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT journal_entry_1.accounting_date AS accounting_date,
        journal_entry_1.amount AS amount,
        journal_entry_1.credit_account AS credit_account,
        journal_entry_1.currency AS currency,
        journal_entry_1.debit_account AS debit_account,
        journal_entry_1.entity_id AS entity_id,
        journal_entry_1.id AS id, row_number() OVER (ORDER BY journal_entry_1.accounting_date DESC, journal_entry_1.id DESC) AS rank_in_page
    FROM journal_entry AS journal_entry_1
    WHERE journal_entry_1.entity_id = $2::UUID
        AND journal_entry_1.accounting_date >= $3::DATE
        AND journal_entry_1.accounting_date < $4::DATE
    ORDER BY journal_entry_1.accounting_date DESC, journal_entry_1.id DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1

-- For a reader of several
SELECT (
  SELECT ('{"nodes":['
      || coalesce(string_agg(('{"accountingDate":"'
      || CAST(anon_3.accounting_date AS TEXT)
      || '","debitAccount":"'
      || upper(anon_3.debit_account)
      || '","creditAccount":"'
      || upper(anon_3.credit_account)
      || '","amount":'
      || ('{"amount":"'
      || CAST(anon_3.amount AS TEXT)
      || '","currency":'
      || CAST(to_json(anon_3.currency) AS TEXT)
      || '}')
      || '}'), ','
  ORDER BY anon_3.accounting_date DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER), '')
      || '],"pageInfo":{"hasNextPage":'
      || CAST(count(*) > $1::INTEGER AS TEXT)
      || ',"endCursor":'
      || coalesce(('"'
      || replace(rtrim(replace(replace(encode(convert_to((array_agg(('["f3dde5c6","'
      || CAST(anon_3.accounting_date AS TEXT)
      || '","'
      || CAST(anon_3.id AS TEXT)
      || '","'
      || CAST(anon_3.entity_id AS TEXT)
      || '"]')
  ORDER BY anon_3.accounting_date DESC, anon_3.id DESC, anon_3.entity_id DESC)
  FILTER (WHERE anon_3.rank_in_page <= $1::INTEGER))[least(count(*), $1::INTEGER)], 'UTF8'), 'base64'), '+', '-'), '/', '_'), '='), chr(10), '')
      || '"'), 'null')
      || '}}') AS anon_2
  FROM (
    SELECT anon_4.accounting_date AS accounting_date,
        anon_4.amount AS amount,
        anon_4.credit_account AS credit_account,
        anon_4.currency AS currency,
        anon_4.debit_account AS debit_account,
        anon_4.entity_id AS entity_id,
        anon_4.id AS id, row_number() OVER (ORDER BY anon_4.accounting_date DESC, anon_4.id DESC, anon_4.entity_id DESC) AS rank_in_page
    FROM unnest(CAST($2::UUID[] AS UUID[])) AS anon_5(id)
    JOIN LATERAL (
      SELECT journal_entry_1.accounting_date AS accounting_date,
          journal_entry_1.amount AS amount,
          journal_entry_1.credit_account AS credit_account,
          journal_entry_1.currency AS currency,
          journal_entry_1.debit_account AS debit_account,
          journal_entry_1.entity_id AS entity_id,
          journal_entry_1.id AS id
      FROM journal_entry AS journal_entry_1
      WHERE journal_entry_1.entity_id = anon_5.id
          AND journal_entry_1.accounting_date >= $3::DATE
          AND journal_entry_1.accounting_date < $4::DATE
      ORDER BY journal_entry_1.accounting_date DESC, journal_entry_1.id DESC
      LIMIT $1::INTEGER + 1
    ) AS anon_4 ON true
    ORDER BY anon_4.accounting_date DESC, anon_4.id DESC, anon_4.entity_id DESC
    LIMIT $1::INTEGER + 1
  ) AS anon_3
) AS anon_1
