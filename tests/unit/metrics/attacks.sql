-- One attack a line. Each is refused, or runs and shows nothing of the canary. {file} is a file that holds it.
-- files and replacement scans
SELECT * FROM '{file}'
SELECT * FROM "{file}"
FROM '{file}'
SELECT * FROM read_text('{file}')
SELECT content FROM read_blob('{file}')
SELECT * FROM read_csv('{file}')
SELECT * FROM read_csv_auto('{file}', header = false)
SELECT * FROM read_json('{file}')
SELECT * FROM read_parquet('{file}')
SELECT * FROM parquet_scan('{file}')
SELECT * FROM parquet_metadata('{file}')
SELECT * FROM parquet_schema('{file}')
SELECT * FROM sniff_csv('{file}')
SELECT * FROM glob('/tmp/*')
SELECT * FROM 'https://example.com/x.csv'
SELECT * FROM read_text(['{file}', '{file}'])
SELECT (SELECT content FROM read_text('{file}'))
SELECT store FROM dim_stores WHERE store = (SELECT content FROM read_text('{file}'))
SELECT * FROM canary_frame
SELECT * FROM "canary_frame"
SELECT * FROM canary_list
SELECT * FROM python_map_function(1, 2)
-- names that reach another schema or catalogue
SELECT * FROM secret.canary
SELECT * FROM warehouse.secret.canary
SELECT * FROM "warehouse"."secret"."canary"
SELECT * FROM WAREHOUSE.SECRET.CANARY
SELECT * FROM "SECRET"."Canary"
SELECT * FROM marts.canary
SELECT * FROM canary
SELECT * FROM secret . canary
SELECT * FROM secret/* */./* */canary
SELECT * FROM serving_file.marts.dim_stores
SELECT * FROM memory.main.canary
SELECT * FROM main.canary
SELECT * FROM system.main.duckdb_tables
SELECT * FROM temp.main.canary
SELECT * FROM information_schema.tables
SELECT * FROM warehouse.information_schema.columns
SELECT * FROM pg_catalog.pg_tables
SELECT * FROM pg_tables
SELECT * FROM sqlite_master
SELECT * FROM duckdb_tables
SELECT * FROM duckdb_logs
SELECT * FROM pragma_database_list
SELECT word FROM dim_stores, secret.canary
SELECT * FROM dim_stores JOIN secret.canary USING (store_id)
SELECT * FROM dim_stores UNION ALL SELECT word FROM secret.canary
SELECT store FROM dim_stores EXCEPT SELECT word FROM secret.canary
SELECT store FROM dim_stores INTERSECT SELECT word FROM warehouse.secret.canary
SELECT store FROM dim_stores UNION ALL BY NAME SELECT word AS store FROM secret.canary
SELECT store, (SELECT max(word) FROM secret.canary) FROM dim_stores
SELECT store FROM dim_stores WHERE EXISTS (SELECT 1 FROM secret.canary WHERE word LIKE 'C%')
SELECT store FROM dim_stores WHERE store IN (SELECT word FROM secret.canary)
SELECT store FROM dim_stores WHERE store = ANY (SELECT word FROM secret.canary)
SELECT store FROM dim_stores ORDER BY (SELECT word FROM secret.canary)
SELECT store FROM dim_stores GROUP BY store HAVING max(store) < (SELECT word FROM secret.canary)
SELECT store FROM dim_stores QUALIFY row_number() OVER (ORDER BY (SELECT word FROM secret.canary)) = 1
SELECT sum(1) OVER (PARTITION BY (SELECT word FROM secret.canary)) FROM dim_stores
SELECT count(*) FILTER (WHERE (SELECT word FROM secret.canary) = 'x') FROM dim_stores
SELECT CASE WHEN true THEN (SELECT word FROM secret.canary) END
SELECT store FROM dim_stores LIMIT (SELECT store_id FROM secret.canary)
SELECT store FROM dim_stores OFFSET (SELECT store_id FROM secret.canary)
SELECT * FROM (SELECT * FROM (SELECT * FROM secret.canary))
SELECT * FROM dim_stores AS d, LATERAL (SELECT * FROM secret.canary) AS c
SELECT * FROM dim_stores, (SELECT word FROM secret.canary) AS c
SELECT * FROM dim_stores ASOF JOIN secret.canary USING (store_id)
SELECT * FROM dim_stores SEMI JOIN secret.canary ON true
SELECT * FROM dim_stores ANTI JOIN secret.canary USING (store_id)
SELECT * FROM dim_stores POSITIONAL JOIN secret.canary
SELECT * FROM dim_stores NATURAL JOIN secret.canary
SELECT * FROM dim_stores CROSS JOIN secret.canary
SELECT * FROM dim_stores LEFT JOIN secret.canary ON true
-- CTEs that shadow, hide or recurse
WITH canary AS (SELECT 1 AS x) SELECT * FROM secret.canary
WITH dim_stores AS (SELECT * FROM secret.canary) SELECT * FROM dim_stores
WITH fct_sales AS (SELECT 1 AS x) SELECT * FROM fct_sales
WITH x AS (SELECT * FROM y), y AS (SELECT 1 AS a) SELECT * FROM x
WITH x AS (WITH y AS (SELECT * FROM secret.canary) SELECT * FROM y) SELECT * FROM x
WITH duckdb_settings AS (SELECT 1 AS a) SELECT * FROM duckdb_settings
SELECT * FROM (WITH duckdb_tables AS (SELECT 1 AS a) SELECT a FROM duckdb_tables) AS q, duckdb_tables
WITH a AS (SELECT 1 AS x) SELECT * FROM a JOIN (WITH a AS (SELECT word AS x FROM secret.canary) SELECT x FROM a) AS b ON a.x = b.x
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t
WITH RECURSIVE t AS (SELECT 1 AS n UNION SELECT n + 1 FROM t WHERE n < 1000000000) SELECT max(n) FROM t
WITH x AS (DELETE FROM marts.dim_stores RETURNING *) SELECT * FROM x
WITH x AS MATERIALIZED (SELECT * FROM secret.canary) SELECT * FROM x
WITH t AS (SELECT 1) INSERT INTO marts.dim_stores SELECT * FROM t
-- functions that run text, read settings or the machine
FROM query('SELECT * FROM secret.canary')
SELECT * FROM query('SELECT * FROM secret.canary')
SELECT * FROM query_table('warehouse.secret.canary')
SELECT * FROM query_table(['dim_stores', 'secret.canary'])
SELECT json_execute_serialized_sql(json_serialize_sql('SELECT * FROM secret.canary'))
FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM secret.canary'))
SELECT json_serialize_sql('SELECT 1')
SELECT getenv('TILLSIGHT_CANARY')
SELECT current_setting('memory_limit')
SELECT current_database(), current_schema()
SELECT current_user
SELECT session_user
SELECT version()
SELECT txid_current()
SELECT getvariable('canary')
SELECT * FROM duckdb_settings()
SELECT * FROM duckdb_secrets()
SELECT * FROM duckdb_databases()
SELECT * FROM duckdb_columns()
SELECT * FROM duckdb_functions()
SELECT * FROM duckdb_memory()
SELECT * FROM duckdb_temporary_files()
SELECT * FROM pragma_table_info('secret.canary')
SELECT * FROM pragma_storage_info('secret.canary')
SELECT * FROM pragma_user_agent()
SELECT * FROM which_secret('s3://x', 's3')
SELECT * FROM summary((SELECT * FROM secret.canary))
SELECT * FROM histogram('secret.canary', word)
SELECT * FROM seq_scan('secret.canary')
SELECT * FROM arrow_scan(1, 2, 3)
SELECT * FROM pandas_scan(1)
SELECT * FROM sqlite_scan('{file}', 't')
SELECT * FROM iceberg_scan('{file}')
SELECT nextval('s')
SELECT currval('s')
SELECT write_log('x')
SELECT parse_path('{file}')
SELECT error('CANARY')
SELECT hash(store) FROM dim_stores
SELECT md5(store) FROM dim_stores
SELECT vector_type(store) FROM dim_stores
SELECT stats(store) FROM dim_stores
SELECT alias(store) FROM dim_stores
SELECT typeof(store) FROM dim_stores
SELECT in_search_path('warehouse', 'marts')
SELECT pg_get_viewdef('dim_stores')
SELECT set_config('memory_limit', '100GB', false)
SELECT system.main.getenv('HOME')
SELECT "getenv"('TILLSIGHT_CANARY')
SELECT main.getenv('HOME')
SELECT 'HOME'.getenv()
-- rows, structs, lists, lambdas, COLUMNS
SELECT d FROM dim_stores AS d
SELECT dim_stores FROM dim_stores
SELECT d.* EXCLUDE (store), d FROM dim_stores AS d
SELECT COLUMNS(*) FROM dim_stores
SELECT COLUMNS('.*') FROM secret.canary
SELECT COLUMNS(c -> c LIKE '%') FROM dim_stores
SELECT *COLUMNS('.*') FROM dim_stores
SELECT max(COLUMNS(*)) FROM dim_stores
SELECT UNPACK(COLUMNS(*)) FROM dim_stores
SELECT {'a': store} FROM dim_stores
SELECT struct_pack(a := store) FROM dim_stores
SELECT row(store, store_id) FROM dim_stores
SELECT [store] FROM dim_stores
SELECT list(store) FROM dim_stores
SELECT array_agg(store) FROM dim_stores
SELECT map([1], [2])
SELECT list_transform([1], x -> x + 1)
SELECT list_aggregate([1], 'sum')
SELECT list_reduce([1, 2], lambda a, b: a + b)
SELECT unnest([1, 2, 3])
SELECT * FROM unnest([1, 2, 3])
SELECT (1, 2).a
SELECT store[1:2] FROM dim_stores
SELECT store.upper() FROM dim_stores
SELECT to_json(d) FROM dim_stores AS d
SELECT json_object('a', store) FROM dim_stores
SELECT rowid FROM dim_stores
SELECT CAST(store AS JSON) FROM dim_stores
SELECT CAST('x' AS secret.canary)
SELECT CAST(1 AS ENUM('a'))
SELECT CAST([1] AS INT[])
SELECT 1::UNION(a INT)
SELECT store COLLATE nocase FROM dim_stores
SELECT $1
SELECT ?
SELECT $canary
SELECT @canary
SELECT :canary
SELECT #1 FROM dim_stores
-- more than one statement, or no SELECT
SELECT 1; SELECT * FROM secret.canary
SELECT 1; DROP TABLE marts.dim_stores
SELECT 1;;SELECT 2
INSERT INTO marts.dim_stores VALUES (1)
UPDATE marts.dim_stores SET store = 'x'
DELETE FROM marts.dim_stores
MERGE INTO marts.dim_stores USING secret.canary ON true WHEN MATCHED THEN DELETE
TRUNCATE marts.dim_stores
CREATE TEMP TABLE t AS SELECT * FROM secret.canary
CREATE OR REPLACE VIEW marts.dim_stores AS SELECT * FROM secret.canary
CREATE MACRO f() AS TABLE SELECT * FROM secret.canary
CREATE FUNCTION g(a) AS a
CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')
CREATE SCHEMA x
CREATE TYPE t AS ENUM ('a')
DROP SCHEMA marts CASCADE
ALTER TABLE marts.dim_stores ADD COLUMN x INT
ATTACH '{file}' AS y
DETACH warehouse
USE warehouse.secret
COPY marts.dim_stores TO '/tmp/canary.csv'
COPY (SELECT * FROM secret.canary) TO '/dev/stdout'
EXPORT DATABASE '/tmp/canary'
IMPORT DATABASE '/tmp/canary'
INSTALL httpfs
LOAD httpfs
PRAGMA database_list
PRAGMA show_tables
CALL pragma_version()
SET memory_limit = '100GB'
SET GLOBAL enable_external_access = true
RESET lock_configuration
SET VARIABLE canary = (SELECT word FROM secret.canary)
PREPARE p AS SELECT * FROM secret.canary
EXECUTE p
DEALLOCATE p
EXPLAIN SELECT * FROM secret.canary
EXPLAIN ANALYZE DELETE FROM marts.dim_stores
DESCRIBE secret.canary
SUMMARIZE secret.canary
SHOW ALL TABLES
SHOW TABLES FROM secret
FROM (DESCRIBE secret.canary)
FROM (SUMMARIZE secret.canary)
FROM (SHOW ALL TABLES)
VALUES ('a'), ('b')
FROM (VALUES (1)) AS t
TABLE secret.canary
CHECKPOINT
VACUUM
BEGIN TRANSACTION
COMMIT
COMMENT ON TABLE marts.dim_stores IS 'x'
PIVOT marts.dim_stores ON store USING count(*)
SELECT * FROM (PIVOT secret.canary ON word USING count(*))
SELECT * FROM dim_stores PIVOT (count(*) FOR store IN ('a'))
UNPIVOT dim_stores ON store INTO NAME n VALUE v
SELECT * FROM dim_stores FOR UPDATE
SELECT * INTO x FROM dim_stores
SELECT * FROM dim_stores TABLESAMPLE 10%
SELECT * FROM dim_stores USING SAMPLE 1 ROWS
SELECT * FROM dim_stores AT (VERSION => 1)
SELECT * FROM dim_stores MATCH_RECOGNIZE (PATTERN (a) DEFINE a AS true)
-- no bounds
SELECT store FROM dim_stores LIMIT NULL
SELECT store FROM dim_stores LIMIT ALL
SELECT store FROM dim_stores LIMIT 100%
SELECT store FROM dim_stores LIMIT 1 + 1
SELECT store FROM dim_stores LIMIT -1
SELECT store FROM dim_stores LIMIT 99999999999999999999
SELECT store FROM dim_stores LIMIT 1e9
SELECT store FROM dim_stores LIMIT 1000000000
SELECT store FROM dim_stores FETCH FIRST 5 ROWS WITH TIES
SELECT store FROM dim_stores OFFSET 99999999999999
SELECT * FROM range(1000000000000)
SELECT * FROM generate_series(1, 1000000000000)
SELECT range(1000000000)
SELECT generate_series(1, 1000000000)
SELECT unnest(range(1000000000))
SELECT unnest(generate_series(timestamp '1900-01-01', timestamp '2900-01-01', interval 1 second))
SELECT repeat('x', 1000000000)
SELECT lpad('x', 1000000000, 'y')
SELECT rpad('x', 1000000000, 'y')
SELECT printf('%1000000000d', 1)
SELECT format('{:>1000000000}', 'x')
SELECT bar(1, 0, 1, 1000000000)
SELECT replace('aaaa', 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')
SELECT regexp_replace('aaaa', 'a', 'aaaaaaaaaaaaaaaaaaa', 'g')
SELECT string_agg(store, 'x') FROM dim_stores
SELECT array_to_string(array_agg(store), ',') FROM dim_stores
SELECT string_split(store, '') FROM dim_stores
SELECT factorial(100000)
SELECT list_sum(range(100000000))
SELECT a.sale_id FROM fct_sale_lines AS a, fct_sale_lines AS b, fct_sale_lines AS c
SELECT count(*) FROM fct_sale_lines AS a CROSS JOIN fct_sale_lines AS b
SELECT count(*) FROM fct_sale_lines AS a JOIN fct_sale_lines AS b ON true
SELECT count(*) FROM fct_sale_lines AS a JOIN fct_sale_lines AS b ON 1 = 1
SELECT count(*) FROM fct_sale_lines AS a JOIN fct_sale_lines AS b ON a.store_id = a.store_id
SELECT count(*) FROM fct_sale_lines AS a JOIN fct_sale_lines AS b ON a.store_id = b.store_id OR true
SELECT count(*) FROM fct_sale_lines AS a JOIN fct_sale_lines AS b ON a.quantity < b.quantity
SELECT count(*) FROM fct_sale_lines AS a JOIN fct_sale_lines AS b ON NOT a.store_id = b.store_id
SELECT count(*) FROM fct_sale_lines AS a JOIN (SELECT max(store_id) AS s FROM dim_stores GROUP BY store_id) AS b ON true
SELECT count(*) FROM fct_sale_lines AS a CROSS JOIN (SELECT count(*) OVER () AS n FROM dim_stores) AS b
SELECT count(*) FROM fct_sale_lines AS a CROSS JOIN (SELECT (SELECT max(store) FROM dim_stores) AS m FROM dim_stores) AS b
SELECT 1 AS a, a + a AS b, b + b AS c, c + c AS d, d + d AS e, e + e AS f, f + f AS g, g + g AS h, h + h AS i, i + i AS j, j + j AS k
WITH a AS (SELECT store || store AS s FROM dim_stores), b AS (SELECT s || s || s || s AS s FROM a), c AS (SELECT s || s || s || s AS s FROM b), d AS (SELECT s || s || s || s AS s FROM c), e AS (SELECT s || s || s || s AS s FROM d) SELECT s FROM e
SELECT store FROM dim_stores GROUP BY CUBE (store, store_id, source, currency, country, time_zone, store_code)
SELECT bit_count(2 ** 1000000)
SELECT 10 ** 400
-- text that two parsers may read differently
SELECT E'\x43ANARY' FROM secret.canary
SELECT E'\'; SELECT * FROM secret.canary; --'
SELECT 'a\'; SELECT * FROM secret.canary --'
SELECT 'a\' AS x, (SELECT word FROM secret.canary) AS y, '
SELECT $$a$$, (SELECT word FROM secret.canary)
SELECT $x$ $x$ || (SELECT word FROM secret.canary)
SELECT U&'\0043ANARY'
SELECT U&"\0073tore" FROM dim_stores
SELECT X'43' FROM secret.canary
SELECT b'1' FROM secret.canary
SELECT N'x', (SELECT word FROM secret.canary)
SELECT `store` FROM dim_stores
SELECT [store] FROM [dim_stores]
SELECT "st""ore" FROM dim_stores
SELECT * FROM "dim_stores;" 
SELECT * FROM "dim_stores""; SELECT * FROM secret.canary; --"
SELECT * FROM "marts.dim_stores"
SELECT * FROM "warehouse.secret.canary"
SELECT * FROM ｄｉｍ＿ｓｔｏｒｅｓ
SELECT * FROM ѕecret.canary
SELECT * FROM dim_ſtores
SELECT * FROM dim_stores -- ; SELECT * FROM secret.canary
SELECT 1 /* */; /* */ SELECT * FROM secret.canary /* */
SELECT /*+ hint */ * FROM secret.canary
SELECT 1 /* /* nested */ FROM secret.canary */
SELECT 1 -- x' FROM dim_stores WHERE store = '
SELECT 'x' 'y', (SELECT word FROM secret.canary)
SELECT store FROM dim_stores WHERE store LIKE '%' ESCAPE (SELECT word FROM secret.canary)
SELECT store FROM dim_stores WHERE store SIMILAR TO (SELECT word FROM secret.canary)
SELECT store FROM dim_stores WHERE store GLOB '*'
SELECT store AS "secret.canary" FROM dim_stores
SELECT 1 AS "a", 2 AS "A", 3 AS "a"
SELECT store AS store_id, store_id AS store FROM dim_stores WHERE store_id = (SELECT word FROM secret.canary)
SELECT dim_stores.secret.canary.word FROM dim_stores
SELECT warehouse.secret.canary.word FROM dim_stores
SELECT canary.word FROM dim_stores
SELECT word FROM dim_stores
SELECT s.word FROM dim_stores AS s
SELECT store FROM dim_stores AS canary WHERE canary.word IS NOT NULL
SELECT * FROM dim_stores AS secret JOIN fct_sales AS canary ON secret.word = canary.word
SELECT * FROM dim_stores WHERE current_setting('x') = 'y'
SELECT * REPLACE ((SELECT word FROM secret.canary) AS store) FROM dim_stores
SELECT * RENAME (store AS word) FROM dim_stores
SELECT * LIKE '%' FROM dim_stores
SELECT * EXCLUDE (nothing) FROM dim_stores
FROM secret.canary SELECT word
FROM dim_stores SELECT (FROM secret.canary SELECT word)
SELECT x: (SELECT word FROM secret.canary)
SELECT DISTINCT ON ((SELECT word FROM secret.canary)) store FROM dim_stores
SELECT store FROM dim_stores WINDOW w AS (PARTITION BY (SELECT word FROM secret.canary))
SELECT TRY(CAST((SELECT word FROM secret.canary) AS INT))
SELECT store FROM dim_stores WHERE store IN dim_stores
SELECT store FROM dim_stores ORDER BY ALL LIMIT 1 OFFSET 0 UNION SELECT word FROM secret.canary
SELECT EXTRACT(epoch FROM (SELECT word FROM secret.canary))
SELECT INTERVAL (SELECT word FROM secret.canary) DAY
SELECT strptime('2020', (SELECT word FROM secret.canary))
SELECT POSITION('C' IN (SELECT word FROM secret.canary))
