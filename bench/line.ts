/** Prints a figure as all benches do: `name: value unit`. */
export function line(name: string, value: number, unit: string): void {
  const digits = value >= 10 || value === 0 ? 0 : unit === 'share' ? 4 : 2;
  console.log(`${name}: ${value.toFixed(digits)} ${unit}`);
}
