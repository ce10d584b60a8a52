import { startBridge } from '../main.ts';
import { createLog } from '../observe/log.ts';
import { readSettings } from '../settings.ts';

/** Runs until SIGTERM or SIGINT; a second signal ends at once. */
export async function start(): Promise<number> {
  const settings = readSettings(process.env);
  const log = createLog({ level: settings.logLevel });
  const told = firstSignal();
  const bridge = await startBridge(settings, log);
  await told;
  await bridge.stop();
  log.flush();
  return 0;
}

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = () => {
      signals++;
      if (signals > 1) process.exit(130);
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
