/** `npm start` and `npm run demo`: brings the service up on a machine that has nothing but Node. */
import { runCommand } from './run.mjs';

const [name = 'start', ...args] = process.argv.slice(2);
await runCommand(name, args);
