import { createHash } from 'node:crypto';

interface Task {
  readonly challenge: string;
  readonly salt: string;
  readonly algorithm: string;
  readonly maxnumber: number;
  readonly signature: string;
}

/** A task as the service writes it. */
export function taskOf(json: string): Task {
  return JSON.parse(json) as Task;
}

function solution(task: Task): Omit<Task, 'maxnumber'> & { readonly number: number } {
  const { algorithm, challenge, salt, signature } = task;
  for (let number = 0; number <= task.maxnumber; number++)
    if (createHash('sha256').update(`${salt}${number}`).digest('hex') === challenge)
      return { algorithm, challenge, salt, signature, number };
  throw new Error('no number solves the task');
}

/** The proof that a browser would send for a task; found by native code, as a guesser would. */
export function solveTask(json: string): string {
  return btoa(JSON.stringify(solution(taskOf(json))));
}

/** The task on the page, solved, and the same written with a space more. */
export function solve(html: string): { readonly bukti: string; readonly spaced: string } {
  const json = (/data-challenge="([^"]*)"/.exec(html)?.[1] ?? '{}')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
  const proof = solution(taskOf(json));
  return { bukti: btoa(JSON.stringify(proof)), spaced: btoa(JSON.stringify(proof, null, 1)) };
}
