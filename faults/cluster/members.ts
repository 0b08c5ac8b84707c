/** What Patroni says of its cluster (`GET /cluster` of any member), and whether that is a whole one. */

export interface Member {
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly timeline?: number;
  /** Bytes behind the leader, or `unknown`. */
  readonly lag?: number | string;
}

/** Reads the answer; members it cannot make sense of are left out. */
export function membersOf(answer: unknown): readonly Member[] {
  if (typeof answer !== 'object' || answer === null || !('members' in answer)) return [];
  const { members } = answer;
  return Array.isArray(members) ? members.filter(isMember) : [];
}

function isMember(value: unknown): value is Member {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'role' in value &&
    typeof value.role === 'string' &&
    'state' in value &&
    typeof value.state === 'string'
  );
}

/** What is true of what several members say: one that was cut off tells of a cluster that was, on an older timeline. */
export function newestOf(answers: readonly (readonly Member[])[]): readonly Member[] {
  const timeline = (members: readonly Member[]): number => leaderOf(members)?.timeline ?? 0;
  return answers.reduce<readonly Member[]>(
    (newest, each) => (timeline(each) > timeline(newest) ? each : newest),
    [],
  );
}

/** Newer versions of Patroni say `streaming` where older ones say `running`. */
const WELL = new Set(['running', 'streaming']);
const NEAR_BYTES = 64 * 1024 * 1024;

export function leaderOf(members: readonly Member[]): Member | undefined {
  return members.find(({ role, state }) => role === 'leader' && WELL.has(state));
}

/** Why the cluster could not stand the next fault; undefined where it can. @param count how many members it has */
export function whatIsMissing(members: readonly Member[], count: number): string | undefined {
  const leader = leaderOf(members);
  if (leader === undefined) return 'no leader';
  for (const member of members) {
    if (!WELL.has(member.state)) return `${member.name} is ${member.state}`;
    if (member.timeline !== leader.timeline) return `${member.name} is on another timeline`;
    if (member !== leader && !(typeof member.lag === 'number' && member.lag < NEAR_BYTES))
      return `${member.name} is behind`;
  }
  if (members.length < count) return `${count - members.length} of ${count} members`;
  if (!members.some(({ role }) => role === 'sync_standby')) return 'no synchronous standby';
  return undefined;
}
