import { expect, test } from 'vitest';
import {
  formatDate,
  formatDateTime,
  formatDuration,
  formatList,
  formatLongDate,
  formatNumber,
  formatPercent,
  formatTime,
  formatWaiting,
} from './format.ts';

test('a date reads as it is written in a letter', () => {
  expect(formatDate('id', '2025-01-13')).toBe('13 Januari 2025');
  expect(formatDate('en', '2025-08-01')).toBe('1 August 2025');
  expect(formatLongDate('id', '2025-01-13')).toBe('Senin, 13 Januari 2025');
});

test('the clock has 24 hours and says which Indonesian zone it means', () => {
  const at = new Date('2025-01-13T23:05:09Z');
  expect(formatTime('id', at, 'Asia/Jakarta')).toBe('06.05 WIB');
  expect(formatTime('id', at, 'Asia/Makassar', { seconds: true })).toBe('07.05.09 WITA');
  expect(formatDateTime('id', at, 'Asia/Jayapura')).toBe('14 Januari 2025 pukul 08.05 WIT');
  expect(formatDateTime('en', at, 'Asia/Jakarta')).toBe('14 January 2025 at 06:05 WIB');
  expect(formatTime('id', new Date('2025-01-13T17:00:00Z'), 'Asia/Jakarta')).toBe('00.00 WIB');
});

test('numbers have a decimal comma and dots between thousands', () => {
  expect(formatNumber('id', 1234567.46, 1)).toBe('1.234.567,5');
  expect(formatNumber('en', 1234567)).toBe('1,234,567');
  expect(formatNumber('id', -0.04, 1)).toBe('0,0');
  expect(formatPercent('id', 0.875)).toBe('87,5 %');
});

test('the sum of the steps of SOP-J reads as 13 minutes 50 seconds', () => {
  expect(formatDuration('id', 830)).toBe('13 menit 50 detik');
  expect(formatDuration('id', 840)).toBe('14 menit');
  expect(formatDuration('en', 61)).toBe('1 minute 1 second');
  expect(formatDuration('id', 3 * 86_400 + 7)).toBe('3 hari');
  expect(formatDuration('id', 0)).toBe('0 detik');
  expect(formatWaiting('id', 59)).toBe('kurang dari semenit');
  expect(formatWaiting('id', 3_959)).toBe('1 jam 5 menit');
});

test('alternatives are joined as in a sentence', () => {
  expect(formatList('id', ['KTP', 'KIA', 'fotokopi KK'], 'or')).toBe('KTP, KIA, atau fotokopi KK');
  expect(formatList('en', ['photo', 'name'], 'and')).toBe('photo and name');
});
