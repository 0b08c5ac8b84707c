import { pbkdf2Sync } from 'node:crypto';

interface Task {
  readonly parameters: {
    readonly nonce: string;
    readonly salt: string;
    readonly cost: number;
    readonly keyLength: number;
    readonly keyPrefix: string;
    readonly data: { readonly times: number; readonly ends: number };
  };
  readonly signature: string;
}

/** Far more keys than a task of a test has. */
const MOST_KEYS = 100_000;

/** A task as the service writes it. */
export function taskOf(json: string): Task {
  return JSON.parse(json) as Task;
}

/** The key that a task asks for, found without the library, as a guesser would. */
function payload(challenge: Task) {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const password = Buffer.concat([Buffer.from(nonce, 'hex'), Buffer.alloc(4)]);
  for (let counter = 0; counter <= MOST_KEYS; counter++) {
    password.writeUInt32BE(counter, password.length - 4);
    const derivedKey = pbkdf2Sync(password, Buffer.from(salt, 'hex'), cost, keyLength, 'sha256').toString(
      'hex',
    );
    if (derivedKey.startsWith(keyPrefix)) return { challenge, solution: { counter, derivedKey } };
  }
  throw new Error('no key solves the task');
}

/** The proof that a browser would send for a task. */
export function solveTask(json: string): string {
  return btoa(JSON.stringify(payload(taskOf(json))));
}

/** The task on a page, as JSON. */
export function taskOn(html: string): string {
  return (/data-challenge="([^"]*)"/.exec(html)?.[1] ?? '{}').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
}

/** The task on the page, solved, and the same written with a space more. */
export function solve(html: string): { readonly bukti: string; readonly spaced: string } {
  const proof = payload(taskOf(taskOn(html)));
  return { bukti: btoa(JSON.stringify(proof)), spaced: btoa(JSON.stringify(proof, null, 1)) };
}
