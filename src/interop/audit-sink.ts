/** Where the audit log goes besides the database: standard output, or a collector that speaks syslog. */
import net from 'node:net';
import { hostname } from 'node:os';
import tls from 'node:tls';

/** `AUDIT_TO`. */
export type AuditTarget =
  | { readonly kind: 'stdout' }
  /** RFC 5424 over TCP, framed by octet counts (RFC 6587); with TLS as RFC 5425 has it. */
  | { readonly kind: 'syslog'; readonly host: string; readonly port: number; readonly tls: boolean };

const TIMEOUT_MS = 15_000;
/** Facility 13 (log audit), severity 6 (informational). */
const PRIORITY = 13 * 8 + 6;

/** `stdout`, `syslog://host:port` (601) or `syslogs://host:port` (6514); undefined for anything else. */
export function readAuditTarget(text: string): AuditTarget | undefined {
  if (text === 'stdout') return { kind: 'stdout' };
  const found = /^(syslogs?):\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?\/?$/.exec(text);
  const secure = found?.[1] === 'syslogs';
  const port = Number(found?.[3] ?? (secure ? 6514 : 601));
  if (!found || port < 1 || port > 65_535) return undefined;
  return { kind: 'syslog', host: (found[2] ?? '').replace(/^\[|\]$/g, ''), port, tls: secure };
}

/**
 * Sends lines of JSON to the target. Syslog has no receipt of its own: lines count as arrived when the collector has read
 * to the end of the connection that they were sent in, and closed it without an error.
 * @param ports.ca PEM of authorities beside the system's, `NODE_EXTRA_CA_CERTS` elsewhere; for tests
 */
export function openAuditSink(
  target: AuditTarget,
  ports: { readonly now: () => Date; readonly ca?: string; readonly timeoutMs?: number },
): (lines: readonly string[]) => Promise<void> {
  if (target.kind === 'stdout') return writeOut;
  return (lines) =>
    new Promise((resolve, reject) => {
      const { host, port } = target;
      const socket = target.tls
        ? tls.connect({
            host,
            port,
            ...(net.isIP(host) === 0 ? { servername: host } : {}),
            ...(ports.ca === undefined ? {} : { ca: ports.ca }),
          })
        : net.connect({ host, port });
      let ended = false;
      let written = false;
      socket.setTimeout(ports.timeoutMs ?? TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
      socket.on(target.tls ? 'secureConnect' : 'connect', () => {
        socket.end(lines.map((line) => framed(line, ports.now())).join(''));
      });
      // Some answer with a banner; nothing of it is wanted.
      socket.resume();
      socket.on('finish', () => {
        written = true;
      });
      // Before everything was written: it has not read to the end.
      socket.on('end', () => {
        ended = written;
      });
      socket.on('error', reject);
      socket.on('close', (failed) => {
        if (ended && !failed) resolve();
        else reject(new Error('closed before the end'));
      });
    });
}

function framed(line: string, at: Date): string {
  const message = `<${PRIORITY}>1 ${at.toISOString()} ${hostname()} daftar-pustaka ${process.pid} audit - ${line}`;
  return `${Buffer.byteLength(message)} ${message}`;
}

function writeOut(lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${lines.join('\n')}\n`, (error) => (error ? reject(error) : resolve()));
  });
}
