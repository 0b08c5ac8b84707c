/** The keys of a restored database: taken out of the backup where they are not here already. */
import { mkdir, rename } from 'node:fs/promises';
import type { Manifest } from './backup-content.ts';
import { BackupTrouble } from './backup-trouble.ts';
import { writeDurably } from './embedded/secrets.ts';
import { type KeyPlace, type KeyResult, keyFileIn, readKey, saveRing, vaultOf } from './key-file.ts';
import { type KeyRing, mergeRings, nameOfKey, parseRing, ringOfRoot, writeRing } from './key-ring.ts';
import { openVault } from './vault.ts';

type Key = Extract<KeyResult, { ok: true }>;

export interface RestoredKey {
  readonly key: Key;
  /** `same`: it is here. `new`: none was here. `other`: another one is here, which belongs to what is replaced. */
  readonly here: 'same' | 'new' | 'other';
  /**
   * Puts it where the service reads it; another one that stood there is kept beside it. With `same`, older data keys
   * that were forgotten here come back, before anybody meets what they sealed.
   */
  settle(): Promise<void>;
}

export type RestoredKeyResult =
  | { readonly ok: true; readonly restored: RestoredKey }
  | Extract<KeyResult, { ok: false }>;

/** Compares the keys in the backup with those that are here; changes nothing yet. */
export async function compareKey(manifest: Manifest, options: KeyPlace): Promise<RestoredKeyResult> {
  const file = keyFileIn(options.dataDir);
  const brought = ringIn(manifest.key, file);
  if (brought === undefined) throw new BackupTrouble('damaged', 'key');
  const vault = openVault(brought);
  if (vault.fingerprint() !== manifest.keyFingerprint && manifest.keyFingerprint !== null) {
    throw new BackupTrouble('damaged', 'key');
  }
  const present = await readKey(options);
  if (!present.ok && present.reason !== 'key-missing') return present;
  const merged = present.ok ? mergeRings(present.ring, brought) : undefined;
  if (present.ok && merged !== undefined) return addTo(present, merged, file);
  // The environment is not ours to change.
  if (present.ok && present.source === 'env') return { ok: false, reason: 'key-wrong', source: 'env', file };
  return {
    ok: true,
    restored: {
      key: { ok: true, ring: brought, vault, source: 'file' },
      here: present.ok ? 'other' : 'new',
      async settle() {
        if (present.ok) await rename(file, `${file}.before-restore-${Date.now()}`);
        // Beside a database on a server nothing has made it yet.
        await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
        await writeDurably(file, writeRing(brought));
      },
    },
  };
}

/** The present ring is of this installation; it may lack data keys, or the root that came after its own. */
function addTo(present: Key, merged: KeyRing, file: string): RestoredKeyResult {
  const here = new Set(present.ring.keys.map(nameOfKey));
  const missing = merged.keys.filter((key) => !here.has(nameOfKey(key)));
  const newerRoot = merged.rootNumber > present.ring.rootNumber;
  if (missing.length === 0 && !newerRoot) {
    return { ok: true, restored: { key: present, here: 'same', settle: () => Promise.resolve() } };
  }
  // The environment is not ours to change.
  if (present.source === 'env' && missing.length === 0) {
    return { ok: false, reason: 'root-replaced', source: 'env', file };
  }
  if (present.source === 'env') {
    const ids = missing.map(({ id }) => id);
    return { ok: false, reason: 'key-version-missing', source: 'env', file, ids };
  }
  return {
    ok: true,
    restored: {
      key: { ...present, ring: merged, vault: vaultOf(merged) },
      here: 'same',
      settle: () => saveRing(merged),
    },
  };
}

/** Of the environment it is the root alone, in base64, as long as there was but one key. */
function ringIn(key: Manifest['key'], file: string): KeyRing | undefined {
  if (key.from === 'file' || key.text.startsWith('{')) return parseRing(key.text, file);
  const root = new Uint8Array(Buffer.from(key.text, 'base64'));
  return root.length === 32 ? ringOfRoot(root, file) : undefined;
}
