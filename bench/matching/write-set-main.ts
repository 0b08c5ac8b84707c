import { writeSet } from './write-set.ts';

writeSet(process.argv.slice(2));
