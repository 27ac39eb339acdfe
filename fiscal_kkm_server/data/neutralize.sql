-- a copy of the database knows no way to the registers of the shop, and no KKM Server knows the copy
UPDATE fiscal_register
   SET kkm_server_url = NULL,
       kkm_server_login = NULL,
       kkm_server_password = NULL;
UPDATE fiscal_kkm_server
   SET path = md5(random()::text || clock_timestamp()::text || id),
       token = md5(random()::text || clock_timestamp()::text || id),
       login = NULL,
       password = NULL;
