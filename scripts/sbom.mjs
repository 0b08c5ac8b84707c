/**
 * `npm run sbom`: the parts of what runs, as CycloneDX, from the lock file alone. `npm sbom --omit=dev` would leave out
 * packages that a development tool needs as well (esbuild, zod), so those that only development needs are taken out here.
 * A version that stands in the lock file twice is one component, which npm marks by one of its places: it goes only
 * where each of them is for development.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './packages.mjs';

const all = JSON.parse(
  execFileSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' },
  ),
);
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const running = new Set(
  Object.entries(packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true)
    .map(([path, entry]) => `${entry.name ?? path.split('node_modules/').at(-1)}@${entry.version}`),
);
const isDevelopment = ({ name, version }) => !running.has(`${name}@${version}`);
const left = new Set(all.components.filter(isDevelopment).map((component) => component['bom-ref']));
/** Without the mark of the place that is for development. */
function asRunning(component) {
  const properties = (component.properties ?? []).filter(
    ({ name }) => name !== 'cdx:npm:package:development',
  );
  const isMarked = properties.length < (component.properties ?? []).length;
  return isMarked ? { ...component, properties, scope: 'required' } : component;
}
const made = {
  ...all,
  components: all.components.filter((component) => !left.has(component['bom-ref'])).map(asRunning),
  dependencies: all.dependencies
    .filter(({ ref }) => !left.has(ref))
    .map((each) => ({ ...each, dependsOn: (each.dependsOn ?? []).filter((ref) => !left.has(ref)) })),
};
console.log(JSON.stringify(made, null, 2));
