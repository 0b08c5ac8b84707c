import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/**
 * How far the sealed audit log has gone to the other system that AUDIT_TO names: everything up to seal `n`. The app cannot write
 * it down by itself: back would send rows again, and beyond the last seal would leave out what is sealed next.
 */
export const auditSent: Migration = {
  id: 37,
  name: 'audit-sent',
  up: `${tenantTables(
    `create table audit_sent (
  library_id int primary key,
  n int not null,
  at timestamptz not null
);`,
    { audit_sent: 'select' },
  )}
create function keep_audit_sent(p_n int, p_at timestamptz) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if not exists (select from audit_seal where library_id = app_library() and n = p_n) then
    raise exception 'there is no seal % to have been sent', p_n using errcode = 'check_violation';
  end if;
  insert into audit_sent (library_id, n, at) values (app_library(), p_n, p_at)
    on conflict (library_id) do update set n = excluded.n, at = excluded.at where audit_sent.n <= excluded.n;
  if not found then
    raise exception 'more than seal % has been sent', p_n using errcode = 'check_violation';
  end if;
end $$;
revoke all on function keep_audit_sent(int, timestamptz) from public;
grant execute on function keep_audit_sent(int, timestamptz) to daftar_app;`,
};
