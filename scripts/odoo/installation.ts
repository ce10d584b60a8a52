import type { CommandLine } from './run-command.ts';

/** How to reach the PostgreSQL cluster. It listens on 127.0.0.1 only. */
export interface ClusterAddress {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Starts and stops our own PostgreSQL cluster. All calls are made under the lock "cluster". */
export interface ClusterControl {
  /** The address when the cluster runs and takes connections, whoever started it. */
  runningAddress(): Promise<ClusterAddress | undefined>;
  /** Creates the cluster when it does not exist, starts it, resolves when it takes connections. */
  start(): Promise<ClusterAddress>;
  stop(): Promise<void>;
  /** Deletes all data. The cluster must be stopped. */
  remove(): Promise<void>;
}

/** A way to run Odoo and PostgreSQL on this machine: Debian packages, or containers. */
export interface Installation {
  /** Names what is installed; templates of one version are never used with another. */
  readonly version: string;
  readonly cluster: ClusterControl;
  /** Odoo with these arguments. The first may be a subcommand. */
  odooCommand(databaseName: string, odooArguments: readonly string[], address: ClusterAddress): CommandLine;
  /** psql with these arguments, connected to the cluster. */
  psqlCommand(psqlArguments: readonly string[], address: ClusterAddress): CommandLine;
  /** Ends every Odoo on this database at once, also one whose owner is gone. */
  killOdoo(databaseName: string): Promise<void>;
}

/** PostgreSQL's settings for the cluster. Durability stays on: databases that may lose data switch it off one by one. */
export function clusterSettings(port: number): string[] {
  return [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
    'max_wal_size=2GB',
    // Compiling costs more than it saves on Odoo's many small queries.
    'jit=off',
  ];
}

/** The superuser of the cluster. Odoo refuses one that is called `postgres`. */
export const clusterUser = 'odoo';
