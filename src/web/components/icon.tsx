/** Line icons on a 24 grid, drawn for this product; decorative unless a label is given. */
const PATHS = {
  check: 'M4.5 12.5l5 5 10-11',
  cross: 'M5.5 5.5l13 13m0-13l-13 13',
  arrow: 'M4 12h16m-6-6l6 6-6 6',
  back: 'M20 12H4m6-6l-6 6 6 6',
  plus: 'M12 4.5v15m-7.5-7.5h15',
  book: 'M12 6.5C10 5 7 4.5 3.5 4.5v14c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2v-14C17 4.5 14 5 12 6.5zm0 0v14',
  card: 'M3 6.5h18v11H3zM6.5 15c.3-1.8 1.3-2.5 2.5-2.5s2.2.7 2.5 2.5M9 11.5a1.4 1.4 0 100-2.8 1.4 1.4 0 000 2.8zM14 10h4m-4 3.5h4',
  person: 'M12 11.5a4 4 0 100-8 4 4 0 000 8zM4.5 20.5c.6-4.2 3.5-6 7.5-6s6.9 1.8 7.5 6',
  people:
    'M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zm-6.5 9c.5-3.8 3-5.5 6.5-5.5s6 1.7 6.5 5.5M16 4.3a3.5 3.5 0 010 6.4m2.3 4.2c1.8.9 2.9 2.6 3.2 5.1',
  clock: 'M12 21a9 9 0 100-18 9 9 0 000 18zm0-14v5.5l3.5 2',
  phone: 'M7 3h10v18H7zm4 15h2',
  camera: 'M3.5 8h4l1.5-2.5h6L16.5 8h4v11h-17zM12 16.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7z',
  search: 'M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zm4.8-1.7L20.5 20.5',
  print: 'M7 8V3.5h10V8M7 17H4V8.5h16V17h-3M7 14h10v6.5H7z',
  download: 'M12 4v11m-5-5l5 5 5-5M4.5 20h15',
  upload: 'M12 15V4m-5 5l5-5 5 5M4.5 20h15',
  warning: 'M12 4L2.5 20h19zM12 10v4.5m0 2.5v.5',
  info: 'M12 21a9 9 0 100-18 9 9 0 000 18zm0-10v5.5m0-9v.5',
  lock: 'M6 10.5h12v10H6zM8.5 10.5V7.5a3.5 3.5 0 017 0v3',
} as const;

export type IconName = keyof typeof PATHS;

export interface IconProps {
  readonly name: IconName;
  readonly label?: string | undefined;
}

export function Icon({ name, label }: IconProps) {
  const drawing = (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
  if (label === undefined) return drawing;
  return (
    <span role="img" aria-label={label}>
      {drawing}
    </span>
  );
}
