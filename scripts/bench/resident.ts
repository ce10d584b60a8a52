import { readFileSync } from 'node:fs';

/** Memory that a process of this machine has in use now, in megabytes. */
export function residentMegabytes(processId: number | undefined): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
