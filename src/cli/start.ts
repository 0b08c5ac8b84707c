import { networkInterfaces } from 'node:os';
import type { Config } from '../config.ts';
import { type Service, startService } from '../main.ts';
import { sayTo, showFirstSignIns } from './first-sign-ins.ts';
import { lanAddresses } from './lan-addresses.ts';
import { explain } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

/** Runs the service until it is told to stop (Ctrl-C, SIGTERM). */
export async function start(): Promise<number> {
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  const to = sayTo(config.dataDir);
  return run(config, ({ created }) => showFirstSignIns(created, to));
}

/** The same for a start that has something to do first, once the service listens: the demonstration. */
export async function run(
  config: Config,
  prepare: (service: Service) => Promise<void> | void,
): Promise<number> {
  // Signals during the start are kept until there is something to stop: a database half started would stay behind.
  const signals = watchSignals();
  const result = await startService(
    config,
    (entry) => console.log(JSON.stringify({ time: new Date().toISOString(), ...entry })),
    (line) => console.log(line),
  );
  if (!result.ok) {
    console.error(explain(result, config.dataDir));
    return 1;
  }
  const { service } = result;
  await prepare(service);
  printAddresses(service, config);
  if (isExposed(config.host, service.url)) {
    console.log(
      'Served over plain http on the network: cameras stay off and sign-ins can be overheard. Set TLS_CERT and TLS_KEY, or put a proxy with https in front (PUBLIC_URL, TRUSTED_PROXIES).',
    );
  }
  console.log(`ready in ${Math.round(sinceProcessStart())} ms (database: ${service.installation.database})`);

  console.log(`${await signals.first}: stopping`);
  await service.stop(signals.again);
  console.log('stopped');
  return 0;
}

/**
 * Ctrl-C reaches the program twice under npm, from the terminal and from npm itself; only a signal that comes later is
 * a person who does not want to wait. The handlers stay, so that no signal ends the program before its database.
 */
function watchSignals(): { readonly first: Promise<NodeJS.Signals>; readonly again: Promise<void> } {
  let firstAt: number | undefined;
  let onFirst: (signal: NodeJS.Signals) => void = () => undefined;
  let onAgain: () => void = () => undefined;
  const first = new Promise<NodeJS.Signals>((resolve) => {
    onFirst = resolve;
  });
  const again = new Promise<void>((resolve) => {
    onAgain = resolve;
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      firstAt ??= Date.now();
      onFirst(name);
      if (Date.now() - firstAt > 1_000) onAgain();
    });
  }
  return { first, again };
}

function printAddresses(service: Service, config: Config): void {
  const width = Math.max(...service.slugs.map((slug) => slug.length), 6);
  console.log('');
  for (const slug of service.slugs) console.log(`  ${slug.padEnd(width)}  ${service.url}/${slug}`);
  console.log(`  ${'masuk'.padEnd(width)}  ${service.url}/masuk`);
  if (config.sip2 && service.sip2Port !== null) {
    const secure = config.sip2.tls === undefined ? 'in the clear' : 'TLS';
    console.log(`  ${'SIP2'.padEnd(width)}  ${config.sip2.host}:${service.sip2Port} (${secure})`);
  }
  const lan =
    config.publicUrl === undefined ? lanAddresses({ ...config, url: service.url }, networkInterfaces()) : [];
  if (lan.length > 0) {
    console.log('\nFrom other computers and phones of the building:');
    for (const address of lan) console.log(`  ${address}`);
  }
  console.log('');
}

function isExposed(host: string, url: string): boolean {
  const local = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return !local && url.startsWith('http:');
}

/** Counted from the start of the process, or of the script that a person ran. */
function sinceProcessStart(): number {
  const given = Number(process.env.DAFTAR_STARTED_AT);
  return given > 0 ? Date.now() - given : performance.now();
}
