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
): (lines: readonly string[], leaving?: AbortSignal) => Promise<void> {
  const timeoutMs = ports.timeoutMs ?? TIMEOUT_MS;
  if (target.kind === 'stdout') return openWriter(process.stdout, timeoutMs);
  return (lines, leaving) =>
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
      socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer')));
      const leave = (): void => void socket.destroy(new Error('the service ends'));
      leaving?.addEventListener('abort', leave, { once: true });
      if (leaving?.aborted === true) leave();
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
        leaving?.removeEventListener('abort', leave);
        if (ended && !failed) resolve();
        else reject(new Error('closed before the end'));
      });
    });
}

function framed(line: string, at: Date): string {
  const message = `<${PRIORITY}>1 ${at.toISOString()} ${hostname()} daftar-pustaka ${process.pid} audit - ${line}`;
  return `${Buffer.byteLength(message)} ${message}`;
}

/**
 * Lines for whoever reads this stream. One that is full says so by never calling back, and one whose reader has gone by an
 * error beside the callback, which ends the process where nobody listens: neither may stop the service, nor its end.
 */
export function openWriter(
  out: Pick<NodeJS.WriteStream, 'write' | 'on' | 'writableNeedDrain'>,
  timeoutMs: number,
): (lines: readonly string[], leaving?: AbortSignal) => Promise<void> {
  out.on('error', () => undefined);
  return async (lines, leaving) => {
    const late = AbortSignal.timeout(timeoutMs);
    const over = leaving === undefined ? late : AbortSignal.any([late, leaving]);
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => reject(new Error('nobody reads the output'));
      over.addEventListener('abort', leave, { once: true });
      // What waits in it from before fills the memory, should more be added.
      if (over.aborted || out.writableNeedDrain) return leave();
      out.write(`${lines.join('\n')}\n`, (error) => {
        over.removeEventListener('abort', leave);
        if (error) reject(error);
        else resolve();
      });
    });
  };
}
