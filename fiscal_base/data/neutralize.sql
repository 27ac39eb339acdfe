-- a copy of the database contacts nobody: registers are off and lanes sleep until somebody switches them on
UPDATE fiscal_register SET state = 'disabled';
UPDATE ir_cron SET active = false WHERE id IN (SELECT cron_id FROM fiscal_register WHERE cron_id IS NOT NULL);
-- tokens, passwords, keys and PINs of every provider
DELETE FROM fiscal_secret;
