import { solveChallenge } from 'altcha-lib/v1';

/** The task on the page, solved as the browser does it, and the same written with a space more. */
export async function solve(html: string): Promise<{ bukti: string; spaced: string }> {
  const task = JSON.parse(
    (/data-challenge="([^"]*)"/.exec(html)?.[1] ?? '{}').replace(/&quot;/g, '"').replace(/&amp;/g, '&'),
  ) as {
    challenge: string;
    salt: string;
    algorithm: string;
    maxnumber: number;
    signature: string;
  };
  const solved = await solveChallenge(task.challenge, task.salt, task.algorithm, task.maxnumber).promise;
  const { algorithm, challenge, salt, signature } = task;
  const proof = { algorithm, challenge, salt, signature, number: solved?.number };
  return { bukti: btoa(JSON.stringify(proof)), spaced: btoa(JSON.stringify(proof, null, 1)) };
}
