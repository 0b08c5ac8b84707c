import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** Phones that show the moving code of a card. */
export const ktaPhone: Migration = {
  id: 13,
  name: 'kta-phone',
  up: tenantTables(`create table kta_phone (
  library_id int not null,
  card_id uuid not null,
  -- Keyed hash of the public key that the phone made: tells phones of one card apart and says nothing of them.
  key_hash bytea not null,
  -- Of the card's address; those of an older one show nothing any more.
  generation int not null,
  -- The holder wanted it kept on the phone; else the key was gone with the page.
  kept boolean not null,
  since timestamptz not null,
  certified_at timestamptz not null,
  ends_at timestamptz not null,
  -- Kept and opened by one key are two certificates, each with a life of its own.
  primary key (library_id, card_id, key_hash, kept)
);
create index kta_phone_over on kta_phone (library_id, ends_at);`),
};
