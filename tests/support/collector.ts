import net from 'node:net';
import tls from 'node:tls';

/** A collector of syslog on a port of its own, which keeps what it was told by octet counts (RFC 6587). */
export interface Collector {
  readonly port: number;
  /** What stands behind the head of RFC 5424, in the order in which it came; of what was cut off the whole ones. */
  readonly lines: string[];
  readonly heads: string[];
  /** Cuts the next connections off after so many bytes instead of reading to their end. */
  cutAfter: number | null;
  close(): Promise<void>;
}

export async function openCollector(files?: {
  readonly cert: string;
  readonly key: string;
}): Promise<Collector> {
  const lines: string[] = [];
  const heads: string[] = [];
  const kept: { cutAfter: number | null } = { cutAfter: null };
  const take = (socket: net.Socket): void => {
    const parts: Buffer[] = [];
    let bytes = 0;
    socket.on('error', () => undefined);
    socket.on('data', (part: Buffer) => {
      bytes += part.length;
      parts.push(part);
      if (kept.cutAfter === null || bytes < kept.cutAfter) return;
      socket.destroy();
      keepWhole();
    });
    socket.on('end', keepWhole);
    function keepWhole(): void {
      let rest = Buffer.concat(parts);
      while (rest.length > 0) {
        const space = rest.indexOf(' ');
        const length = Number(rest.subarray(0, space).toString());
        if (space === -1 || rest.length < space + 1 + length) return;
        const message = rest.subarray(space + 1, space + 1 + length).toString();
        const found = /^(<\d+>1 \S+ \S+ daftar-pustaka \d+ audit -) (.*)$/s.exec(message);
        heads.push(found?.[1] ?? message);
        lines.push(found?.[2] ?? '');
        rest = rest.subarray(space + 1 + length);
      }
    }
  };
  const server = files === undefined ? net.createServer(take) : tls.createServer(files, take);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    lines,
    heads,
    get cutAfter() {
      return kept.cutAfter;
    },
    set cutAfter(bytes) {
      kept.cutAfter = bytes;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
