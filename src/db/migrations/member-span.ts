/**
 * `member_span` says what `member_event` says, in the shape that figures are counted in: a row from each event to the
 * next, with the status it began and the day on which that expires. Reading this out of the events means ordering all
 * that ever happened, seconds with a hundred thousand members; here it is done for one member, when an event is written.
 *
 * The rules are those of `domain/membership-count.ts`: a later switch decides whether somebody is a member at all
 * (ended, or joined and reactivated), the last state decides what kind, both found as the highest numbered event so
 * far; what comes before joining counts for nothing; a membership expires on the day after its last day.
 */
function spansOf(touched: string): string {
  return `
    insert into member_span
    with numbered as (
      select e.*, row_number() over (partition by e.library_id, e.member_id order by e.effective_at, e.id) as n,
        (e.effective_at at time zone c.timezone)::date as day
      from member_event e join (${touched}) as c on c.library_id = e.library_id and c.member_id = e.member_id
    ), folded as (
      select *,
        max(case kind when 'ended' then n * 2 + 1 when 'joined' then n * 2 when 'reactivated' then n * 2 end)
          over so_far as turn,
        max(case kind when 'joined' then n * 4 when 'reactivated' then n * 4 when 'resumed' then n * 4
          when 'suspended' then n * 4 + 1 when 'cleared' then n * 4 + 2 end) over so_far as state,
        bool_or(kind = 'joined') over so_far as begun
      from numbered window so_far as (partition by library_id, member_id order by n)
    ), judged as (
      select *, case when turn % 2 = 1 then 'ended' when state % 4 = 1 then 'suspended'
        when state % 4 = 2 then 'cleared' when valid_until < day then 'expired' else 'active' end as status
      from folded where begun
    ), followed as (
      select *, lead(day) over history as next_day, lag(status) over history as was,
        lag(valid_until) over history as was_until
      from judged window history as (partition by library_id, member_id order by n)
    )
    select library_id, member_id, n, at, day, next_day, kind,
      case when was = 'active' and was_until < day then 'expired' else was end, status,
      case when status = 'active' and (next_day is null or next_day > valid_until) then valid_until + 1 end,
      valid_until, member_type, sex, birth_year, district, service_point_id
    from followed`;
}

const CHANGED = `select distinct changed.library_id, changed.member_id, library.timezone
      from changed join library on library.id = changed.library_id`;

export const MEMBER_SPANS = `
-- Planned at every call: a plan kept from the first event of a new library would read whole tables for ever, one kept
-- from an import of thousands would do so for a single event.
create function keep_member_spans() returns trigger language plpgsql as $$
begin
  execute 'delete from member_span s using (select distinct library_id, member_id from changed) as c
    where s.library_id = c.library_id and s.member_id = c.member_id';
  execute $spans$${spansOf(CHANGED)}$spans$;
  return null;
end $$;
create trigger member_event_written after insert on member_event referencing new table as changed
  for each statement execute function keep_member_spans();
create trigger member_event_removed after delete on member_event referencing old table as changed
  for each statement execute function keep_member_spans();

-- In another zone an event may lie on another day.
create function move_member_spans() returns trigger language plpgsql as $$
begin
  delete from member_span where library_id = new.id;
  ${spansOf('select distinct library_id, member_id, new.timezone from member_event where library_id = new.id')};
  return null;
end $$;
create trigger library_moved after update of timezone on library
  for each row when (old.timezone is distinct from new.timezone) execute function move_member_spans();
`;
