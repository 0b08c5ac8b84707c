import { type Service, startService } from '../main.ts';
import { explain } from './refusals.ts';
import { settingsOrExplain } from './settings.ts';

/** Runs the service until it is told to stop (Ctrl-C, SIGTERM) or loses its database for good. */
export async function start(): Promise<number> {
  const config = settingsOrExplain();
  if (config === undefined) return 2;
  // Signals during the start are kept until there is something to stop: a database half started would stay behind.
  const stopped = nextSignal();
  const result = await startService(
    config,
    (entry) => console.log(JSON.stringify(entry)),
    (line) => console.log(line),
  );
  if (!result.ok) {
    console.error(explain(result, config.dataDir));
    return 1;
  }
  const { service } = result;
  printSignIns(service);
  printAddresses(service);
  if (isExposed(config.host, service.url)) {
    console.log(
      'Served over plain http on the network: cameras stay off and sign-ins can be overheard. Set TLS_CERT and TLS_KEY, or put a proxy with https in front (PUBLIC_URL, TRUSTED_PROXIES).',
    );
  }
  console.log(`ready in ${Math.round(sinceProcessStart())} ms (database: ${service.installation.database})`);

  const why = await Promise.race([stopped, service.installation.lost.then(() => 'database' as const)]);
  console.log(why === 'database' ? 'the database cannot be kept running; stopping' : `${why}: stopping`);
  // Whoever asks a second time does not want to wait for open requests.
  const done = service.stop().then(() => 'done' as const);
  await Promise.race([done, nextSignal()]);
  console.log('stopped');
  return why === 'database' ? 1 : 0;
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

function printAddresses(service: Service): void {
  const width = Math.max(...service.slugs.map((slug) => slug.length), 6);
  console.log('');
  for (const slug of service.slugs) console.log(`  ${slug.padEnd(width)}  ${service.url}/${slug}`);
  console.log(`  ${'masuk'.padEnd(width)}  ${service.url}/masuk`);
  console.log('');
}

function printSignIns(service: Service): void {
  if (service.created.length === 0) return;
  console.log('\nFirst sign-ins, shown only now; each password is changed at the first sign-in:');
  for (const { slug, signIns } of service.created) {
    for (const { username, password, roles } of signIns) {
      console.log(`  ${slug.padEnd(12)} ${username.padEnd(16)} ${password}  (${roles.join(', ')})`);
    }
  }
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
