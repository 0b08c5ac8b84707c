import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import type { Challenge, Solution } from 'altcha-lib/types';
import { describe, expect, it } from 'vitest';
import { openVault } from '../db/vault.ts';
import type { LibraryId } from '../domain/ids.ts';
import { openProofs } from './proof-of-work.tsx';

const LIBRARY = 1 as LibraryId;

function open() {
  const clock = { now: new Date('2020-03-02T01:00:00Z') };
  const vault = openVault(new Uint8Array(32));
  return { clock, proofs: openProofs({ vault, now: () => clock.now, keysOfTask: 4 }) };
}

async function solved(json: string): Promise<{ challenge: Challenge; solution: Solution }> {
  const challenge = JSON.parse(json) as Challenge;
  const solution = await solveChallenge({ challenge, deriveKey });
  if (!solution) throw new Error('not solved');
  return { challenge, solution };
}

const written = (payload: unknown, space = 0) => btoa(JSON.stringify(payload, null, space));

describe('a solved task', () => {
  it('is good once, however it is written', async () => {
    const { proofs } = open();
    const { challenge, solution } = await solved(await proofs.challenge(LIBRARY));
    expect(await proofs.isSolved(LIBRARY, written({ challenge, solution }))).toBe(true);
    const parameters = Object.fromEntries(Object.entries(challenge.parameters).reverse());
    for (const again of [
      written({ challenge, solution }),
      written({ challenge, solution }, 1),
      written({ solution, challenge: { signature: challenge.signature, parameters } }),
      written({ challenge, solution: { ...solution, counter: solution.counter + 1 } }),
    ])
      expect(await proofs.isSolved(LIBRARY, again)).toBe(false);
  });

  it('is good for as long as the service says, by its own clock, and for its own library', async () => {
    const { clock, proofs } = open();
    const proof = written(await solved(await proofs.challenge(LIBRARY)));
    expect(await proofs.isSolved(2 as LibraryId, proof)).toBe(false);
    const begun = clock.now;
    clock.now = new Date(begun.getTime() + 601_000);
    expect(await proofs.isSolved(LIBRARY, proof)).toBe(false);
    clock.now = new Date(begun.getTime() + 599_000);
    expect(await proofs.isSolved(LIBRARY, proof)).toBe(true);
  });

  it('is as hard as the service has signed', async () => {
    const { proofs } = open();
    const easy = await solved(await proofs.challenge(LIBRARY));
    expect(await proofs.isSolved(LIBRARY, written(easy), 2)).toBe(false);
    const { parameters } = easy.challenge;
    for (const changed of [
      { ...parameters, data: { ...parameters.data, times: 2 } },
      { ...parameters, data: { ...parameters.data, ends: 1e15 } },
      { ...parameters, cost: 1 },
      { ...parameters, keyPrefix: '00' },
    ]) {
      const challenge = { ...easy.challenge, parameters: changed };
      expect(await proofs.isSolved(LIBRARY, written({ ...easy, challenge }))).toBe(false);
    }
    expect(await proofs.isSolved(LIBRARY, written(await solved(await proofs.challenge(LIBRARY, 4))), 2)).toBe(
      true,
    );
  });
});

it('what is no solution is none, and no error', async () => {
  const { proofs } = open();
  const { challenge, solution } = await solved(await proofs.challenge(LIBRARY));
  const { derivedKey } = solution;
  const { keySignature: _, ...unsigned } = challenge.parameters;
  const parts: unknown[] = [
    // The half that is told, alone and with another second half.
    { challenge, solution: { ...solution, derivedKey: challenge.parameters.keyPrefix } },
    { challenge, solution: { ...solution, derivedKey: challenge.parameters.keyPrefix.repeat(2) } },
    { challenge, solution: { ...solution, derivedKey: derivedKey.toUpperCase() } },
    { challenge: { ...challenge, parameters: unsigned }, solution },
    { challenge: { ...challenge, signature: undefined }, solution },
    { challenge: { ...challenge, signature: [...(challenge.signature ?? '')] }, solution },
    { challenge: { ...challenge, parameters: null }, solution },
    { challenge: { ...challenge, parameters: 'x' }, solution },
    { challenge, solution: null },
    { challenge, solution: 7 },
    { challenge },
    {},
    [],
    null,
    7,
  ];
  for (const part of parts)
    expect(await proofs.isSolved(LIBRARY, written(part)), JSON.stringify(part)).toBe(false);
  for (const proof of ['', '%', btoa('{'), btoa(' '.repeat(3_000) + JSON.stringify({ challenge, solution }))])
    expect(await proofs.isSolved(LIBRARY, proof)).toBe(false);
  expect(await proofs.isSolved(LIBRARY, written({ challenge, solution }))).toBe(true);
});
