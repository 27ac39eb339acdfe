-- a copy of the database knows no way to the registers of the shop, and no bank terminal
UPDATE fiscal_register
   SET vchasno_url = NULL,
       vchasno_dm_url = NULL;
UPDATE pos_payment_method
   SET vchasno_terminal = NULL,
       vchasno_terminal_url = NULL,
       vchasno_merchant = NULL,
       vchasno_settle = false,
       use_payment_terminal = CASE WHEN use_payment_terminal = 'vchasno' THEN NULL ELSE use_payment_terminal END,
       payment_method_type = CASE WHEN use_payment_terminal = 'vchasno' THEN 'none' ELSE payment_method_type END;
