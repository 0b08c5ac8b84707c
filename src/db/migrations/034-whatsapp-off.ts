import { eachLibrary } from './each-library.ts';
import type { Migration } from './migration.ts';

/** The text of before promised more ways than the service has; who changed it meant what it says. */
const BEFORE = `'{"id": "Perpustakaan boleh mengirim pesan kepada saya melalui WhatsApp, SMS, atau surel.",
  "en": "The library may send me messages by WhatsApp, SMS or e-mail."}'::jsonb`;
const NOW = `'{"id": "Perpustakaan boleh mengirim pesan kepada saya melalui surel.",
  "en": "The library may send me messages by e-mail."}'::jsonb`;

/**
 * WhatsApp off until a library switches it on, and the standard consent to messages names what is sent: e-mail. A text
 * that was changed is another version; what was agreed to before stays readable, so only where it is kept.
 */
export const whatsAppOff: Migration = {
  id: 34,
  name: 'whatsapp-off',
  up: `${eachLibrary(`insert into setting (library_id, name, value, updated_at) values
      (one, 'whatsApp', '{"enabled": false}', now()) on conflict do nothing`)}
${eachLibrary(`update setting s
      set value = jsonb_set(jsonb_set(s.value, array['items', (item.n - 1)::text, 'text'], ${NOW}), '{version}',
            to_jsonb(to_char(now(), 'YYYY-') || case when s.value->>'version' ~ ('^' || to_char(now(), 'YYYY') || '-[0-9]{1,8}$')
              then split_part(s.value->>'version', '-', 2)::int + 1 else 1 end)),
          updated_at = now()
      from setting found, jsonb_array_elements(found.value->'items') with ordinality item (value, n)
      where s.library_id = one and s.name = 'consents' and found.library_id = one and found.name = 'consents'
        and item.value->>'purpose' = 'messages' and item.value->'text' = ${BEFORE}
        and exists (select from consent_text kept where kept.library_id = one
          and kept.version = s.value->>'version' and kept.purpose = 'messages')`)}`,
};
