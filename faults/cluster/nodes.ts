/** What runs on each computer of the cluster, from the files of `deploy/cluster`. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DEVICE, type Network } from './network.ts';
import { etcdApi, patroniVersion } from './requirements.ts';
import { fill, readEnvironment } from './template.ts';
import { openUnit, type Unit } from './unit.ts';

/** The files that a province copies. */
const FILES = path.join(path.dirname(process.argv[1] ?? ''), '..', 'deploy', 'cluster');
export const PUBLIC_PORT = 8000;

/** One of these files, its names not filled in. */
export const readGiven = (name: string): string => readFileSync(path.join(FILES, name), 'utf8');

export type Setting = ReturnType<typeof settingOf>;

/** What all computers have in common. @param bin folder of PostgreSQL's programs */
export function settingOf(
  network: Network,
  hosts: Readonly<Record<string, number>>,
  origin: string,
  dataKey: Uint8Array,
  bin: string,
) {
  const secret = () => randomBytes(18).toString('base64url');
  return {
    ...Object.fromEntries(Object.keys(hosts).map((node) => [node, network.addressOf(node)])),
    network: network.range,
    network_bits: network.bits,
    entrance: network.entrance,
    interface: DEVICE,
    public_port: PUBLIC_PORT,
    public_url: origin,
    // The load says whose requests it sends, as a proxy would.
    trusted_proxies: network.range,
    rest_password: secret(),
    superuser_password: secret(),
    replication_password: secret(),
    rewind_password: secret(),
    app_password: secret(),
    data_key: Buffer.from(dataKey).toString('base64'),
    bin_dir: bin,
    ...etcdApi(patroniVersion()),
    // A watchdog would restart the computer that all of them run on.
    watchdog: 'off',
    script_user: 'root',
    backup: 'off',
  };
}

interface Place {
  readonly node: string;
  readonly network: Network;
  readonly setting: Setting;
  readonly folder: string;
  readonly logs: string;
}

/** Makes the folder of a node; its units begin with what is returned. */
function settle({ node, network, setting, folder, logs }: Place) {
  const place = path.join(folder, node);
  mkdirSync(place);
  return {
    place,
    values: { ...setting, node, address: network.addressOf(node), local: network.localOf(node) },
    unit: (name: string) => ({
      name,
      enter: network.enter(node),
      folder: place,
      logFile: path.join(logs, `${node}-${name}.log`),
    }),
  };
}

/** etcd and Patroni, which starts PostgreSQL. */
export function databaseUnits(at: Place): readonly Unit[] {
  const { place, unit, ...settled } = settle(at);
  const values = {
    ...settled.values,
    etcd_dir: path.join(place, 'etcd'),
    data_dir: path.join(place, 'postgres'),
    pgpass: path.join(place, 'pgpass'),
    socket_dir: place,
  };
  const environment = readEnvironment(write('etcd.env', place, values));
  write('patroni.yml', place, values);
  own('postgres', place);
  const as = { account: 'postgres', restartMs: 2_000 };
  return [
    openUnit({ ...unit('etcd'), ...as, command: ['etcd', '--logger=zap'], environment }),
    openUnit({ ...unit('patroni'), ...as, command: ['patroni', path.join(place, 'patroni.yml')] }),
  ];
}

/** The service, HAProxy, keepalived. @param program the built command line of the service */
export function appUnits(at: Place, priority: number, program: string): readonly Unit[] {
  const { place, unit, ...settled } = settle(at);
  const inPlace = (name: string): string => path.join(place, name);
  const values = {
    ...settled.values,
    public_bind: at.network.cables === undefined ? settled.values.address : '*',
    run_dir: place,
    errors_dir: place,
    check_script: inPlace('haproxy-answers.sh'),
    priority,
    app_dir: inPlace('data'),
  };
  for (const name of ['haproxy.cfg', 'keepalived.conf', 'away.http']) write(name, place, values);
  copyFileSync(path.join(FILES, 'haproxy-answers.sh'), values.check_script);
  chmodSync(values.check_script, 0o755);
  const restartMs = 1_000;
  const keepalived = ['keepalived', '-n', '-l', '-P', '-f', inPlace('keepalived.conf')];
  return [
    openUnit({ ...unit('haproxy'), restartMs, command: ['haproxy', '-db', '-f', inPlace('haproxy.cfg')] }),
    openUnit({
      ...unit('keepalived'),
      restartMs,
      command: [...keepalived, '-p', inPlace('keepalived.pid'), '-r', inPlace('vrrp.pid')],
    }),
    openUnit({
      ...unit('app'),
      restartMs,
      command: [process.execPath, program, 'start'],
      // The first passwords are read from the output.
      environment: { ...readEnvironment(write('daftar.env', place, values)), PRINT_FIRST_PASSWORDS: '1' },
    }),
  ];
}

/** Fills a file in and puts it onto a node. @returns what it says then */
function write(name: string, place: string, values: Readonly<Record<string, string | number>>): string {
  const text = fill(readGiven(name), values);
  writeFileSync(path.join(place, name), text, { mode: 0o640 });
  return text;
}

function own(account: string, place: string): void {
  const { status, stderr } = spawnSync('chown', ['-R', `${account}:`, place], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim());
}
