-- a copy of the database knows no shop of the service, and tells it no address
UPDATE fiscal_register
   SET komtet_shop_id = NULL,
       komtet_secret_key = NULL,
       komtet_queue_id = NULL,
       komtet_address = NULL;
