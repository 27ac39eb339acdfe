-- a copy of the database signs nothing in the name of the shop's cashiers, and does not know where Checkbox is
UPDATE fiscal_register
   SET checkbox_url = 'https://neutralized.invalid';
UPDATE fiscal_checkbox_account
   SET login = NULL,
       token_until = NULL;
