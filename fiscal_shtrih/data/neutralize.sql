-- a copy of the database knows no port of a register of the shop
UPDATE fiscal_register
   SET shtrih_address = NULL,
       shtrih_password = NULL;
