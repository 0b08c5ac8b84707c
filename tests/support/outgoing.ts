/** People who do not exist, as they go to a lending system. */
import type { OutgoingAddress, OutgoingMember } from '../../src/domain/exporting/outgoing-member.ts';
import type { Phone } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';

export const NO_ADDRESS: OutgoingAddress = {
  line: '',
  rt: null,
  rw: null,
  village: '',
  district: '',
  regency: '',
  province: '',
};

export function outgoingNamed(name: string, changes: Partial<OutgoingMember> = {}): OutgoingMember {
  return {
    number: '26112200001',
    name,
    birthPlace: 'Contohrejo',
    birthDate: '1990-05-17' as PlainDate,
    sex: 'P',
    identity: null,
    address: { ...NO_ADDRESS, line: 'Jl. Contoh 1', rt: '001', rw: '002', village: 'Sukacontoh' },
    present: null,
    phone: '+6281234567890' as Phone,
    email: null,
    occupation: null,
    education: null,
    institution: null,
    memberType: { code: 'UMUM', name: 'Umum' },
    memberSince: '2026-01-02' as PlainDate,
    validFrom: '2026-01-02' as PlainDate,
    validUntil: '2027-01-02' as PlainDate,
    state: 'active',
    stateSince: '2026-01-02' as PlainDate,
    guardian: null,
    ...changes,
  };
}
