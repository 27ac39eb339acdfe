-- a copy of the database knows no way to the registers of the shop
UPDATE fiscal_register
   SET vchasno_url = NULL,
       vchasno_token = NULL,
       vchasno_proxy_token = NULL,
       vchasno_dm_url = NULL;
