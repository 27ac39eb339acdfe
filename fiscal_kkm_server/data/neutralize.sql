-- a copy of the database knows no way to the registers of the shop
UPDATE fiscal_register
   SET kkm_server_url = NULL,
       kkm_server_login = NULL,
       kkm_server_password = NULL;
