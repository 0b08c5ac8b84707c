/**
 * A statement for every library there is, where the policies let one library be seen at a time; for migrations made
 * since step 23, as the text of released ones stays.
 * @param statement SQL in which `one` is the library's number, without a closing semicolon
 */
export function eachLibrary(statement: string): string {
  return `do $$
declare
  one int;
begin
  for one in select id from library loop
    perform set_config('app.library_id', one::text, true);
    ${statement};
  end loop;
  perform set_config('app.library_id', '', true);
end
$$;`;
}
