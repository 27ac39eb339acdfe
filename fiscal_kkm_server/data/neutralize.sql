-- a copy of the database knows no way to registers and card terminals of the shop, and no KKM Server knows the copy
UPDATE fiscal_register
   SET kkm_server_url = NULL,
       kkm_server_login = NULL;
UPDATE fiscal_kkm_server
   SET path = md5(random()::text || clock_timestamp()::text || id),
       login = NULL;
UPDATE pos_payment_method
   SET kkm_server_terminal_number = NULL,
       use_payment_terminal = NULL,
       payment_method_type = 'none'
 WHERE use_payment_terminal = 'kkm_server';
