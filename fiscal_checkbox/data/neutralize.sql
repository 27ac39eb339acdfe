-- a copy of the database signs nothing in the name of the shop's cashiers
UPDATE fiscal_register
   SET checkbox_licence_key = NULL,
       checkbox_webhook_key = NULL;
UPDATE fiscal_checkbox_account
   SET login = NULL,
       password = NULL,
       pin_code = NULL,
       token = NULL,
       token_until = NULL;
