import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, it } from 'vitest';
import { selfSigned } from '../../tests/support/tls-files.ts';
import { smtpSender } from './smtp.ts';

/** A mail server as small as one can be, and every line that was said to it. */
async function mailServer(open: (accept: (socket: Socket) => void) => Server) {
  const heard: string[] = [];
  const server = open((socket) => {
    let rest = '';
    let inMail = false;
    const say = (line: string) => void socket.write(`${line}\r\n`);
    say('220 surat.contoh.example');
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (piece: string) => {
      const lines = (rest + piece).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        heard.push(line);
        if (inMail && line !== '.') continue;
        inMail = line === 'DATA';
        say(inMail ? '354 ya' : line.startsWith('EHLO') ? '250 8BITMIME' : '250 ya');
        if (line === 'QUIT') socket.end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { heard, server, port: (server.address() as AddressInfo).port };
}
const FROM = 'perpus@contoh.example';

it('no line break in an address, a subject or a text says anything to the mail server', async () => {
  const { heard, server, port } = await mailServer((accept) => createServer(accept));
  const send = smtpSender({ url: `smtp://127.0.0.1:${port}?ignoreTLS=true`, from: FROM });
  const sent = await send({
    to: 'satu@contoh.example',
    subject: 'Kabar\r\nBcc: dua@contoh.example\r\n\r\nisi lain',
    text: 'Halo\r\n.\r\nMAIL FROM:<tiga@contoh.example>\r\nRCPT TO:<empat@contoh.example>\r\n.',
  });
  expect(sent).toEqual({ ok: true });
  for (const to of [
    'lima@contoh.example\r\nRCPT TO:<enam@contoh.example>',
    'a@contoh.example, b@contoh.example',
  ])
    await send({ to, subject: 'x', text: 'x' });
  server.close();
  const commands: string[] = [];
  const headers: string[] = [];
  let part: 'command' | 'header' | 'text' = 'command';
  for (const line of heard) {
    if (part === 'command') commands.push(line);
    if (part === 'header') headers.push(line);
    if (line === '.') part = 'command';
    else if (part === 'header' && line === '') part = 'text';
    else if (part === 'command' && line === 'DATA') part = 'header';
  }
  const receivers = commands.filter((line) => /^RCPT/i.test(line));
  // What is no address is quoted whole and reaches nobody.
  expect(receivers).toEqual([
    'RCPT TO:<satu@contoh.example>',
    'RCPT TO:<"lima@contoh.example RCPT TO: enam"@contoh.example>',
    'RCPT TO:<"a@contoh.example, b"@contoh.example>',
  ]);
  expect(commands.filter((line) => /^MAIL/i.test(line)).every((line) => line.includes(FROM))).toBe(true);
  expect(headers.filter((line) => /^bcc:/i.test(line))).toEqual([]);
  expect(headers.filter((line) => /^subject:/i.test(line))[0]).toContain('Kabar');
});

it('a mail server with a certificate that nobody vouches for is told nothing', async () => {
  const { heard, server, port } = await mailServer((accept) => createTlsServer(selfSigned(), accept));
  const send = smtpSender({ url: `smtps://localhost:${port}`, from: FROM });
  const sent = await send({ to: 'satu@contoh.example', subject: 'Kabar', text: 'Halo' });
  expect(sent).toMatchObject({ ok: false, permanent: false });
  expect(heard).toEqual([]);
  server.close();
});
