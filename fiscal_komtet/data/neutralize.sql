-- a copy of the database knows no shop of the service, and tells it no address
UPDATE fiscal_register
   SET komtet_server = NULL,
       komtet_shop_id = NULL,
       komtet_queue_id = NULL,
       komtet_address = NULL;
