/**
 * `npm run sbom`: the parts of what runs, as CycloneDX, from the lock file alone. `npm sbom --omit=dev` would leave out
 * packages that a development tool needs as well (esbuild, zod), so those that only development needs are taken out here.
 */
import { execFileSync } from 'node:child_process';
import { root } from './packages.mjs';

const all = JSON.parse(
  execFileSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' },
  ),
);
const isDevelopment = ({ properties = [] }) =>
  properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
const left = new Set(all.components.filter(isDevelopment).map((component) => component['bom-ref']));
const made = {
  ...all,
  components: all.components.filter((component) => !left.has(component['bom-ref'])),
  dependencies: all.dependencies
    .filter(({ ref }) => !left.has(ref))
    .map((each) => ({ ...each, dependsOn: (each.dependsOn ?? []).filter((ref) => !left.has(ref)) })),
};
console.log(JSON.stringify(made, null, 2));
