-- a copy of the database must not reach the bridge of the original
DELETE FROM ir_config_parameter
      WHERE key IN ('services_bridge.address',
                    'services_bridge.enabled',
                    'services_bridge.database_uuid',
                    'services_bridge.database_name');

DELETE FROM services_bridge_secret;

DELETE FROM services_bridge_event
      WHERE state <> 'sent';

UPDATE services_bridge_circuit
   SET failures = 0,
       retry_at = NULL,
       last_error = NULL,
       answered_at = NULL;
