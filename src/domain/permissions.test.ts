import { describe, expect, it } from 'vitest';
import { may, PERMISSIONS, PERMISSIONS_OF, type Permission, ROLES } from './permissions.ts';

const has = (role: (typeof ROLES)[number]) => new Set<Permission>(PERMISSIONS_OF[role]);

describe('who may do what', () => {
  it('nobody without a role may do anything', () => {
    for (const permission of PERMISSIONS) expect(may([], permission)).toBe(false);
  });

  it('every permission belongs to somebody', () => {
    for (const permission of PERMISSIONS) expect(may(ROLES, permission)).toBe(true);
  });

  it('two roles together may what either may', () => {
    for (const one of ROLES)
      for (const other of ROLES)
        for (const permission of PERMISSIONS)
          expect(may([one, other], permission)).toBe(may([one], permission) || may([other], permission));
  });

  it('a Sub Koordinator may all that a Petugas may, and decides exceptions, rejections and merges', () => {
    for (const permission of has('petugas')) expect(may(['sub_koordinator'], permission)).toBe(true);
    for (const permission of [
      'application.except',
      'application.reject',
      'member.merge',
      'member.correct',
    ] as const) {
      expect(may(['sub_koordinator'], permission)).toBe(true);
      expect(may(['petugas'], permission)).toBe(false);
    }
  });

  it('the admin sees no personal data and approves nothing', () => {
    const personal = PERMISSIONS.filter((each) =>
      /^(application|member|identity|visit|card)\.|report\.rows/.test(each),
    );
    for (const permission of personal) expect(may(['admin'], permission)).toBe(false);
  });

  it('the Kepala SKPD sees figures only and signs; the Kepala Bidang sees members masked', () => {
    expect([...has('kepala_skpd')].sort()).toEqual(['procedure.sign', 'report.sign', 'report.view']);
    expect(may(['kepala_bidang'], 'member.view_masked')).toBe(true);
    expect(may(['kepala_bidang'], 'member.view')).toBe(false);
    expect(may(['kepala_bidang'], 'identity.reveal')).toBe(false);
  });

  it('a procedure needs three different hands: draft, check, signature', () => {
    for (const role of ROLES) {
      const hands = (['procedure.draft', 'procedure.check', 'procedure.sign'] as const).filter((each) =>
        may([role], each),
      );
      expect(hands.length).toBeLessThanOrEqual(1);
    }
  });

  it('a monthly report needs two different hands: check and signature', () => {
    for (const role of ROLES)
      expect(may([role], 'report.check') && may([role], 'report.sign'), role).toBe(false);
    expect(may(['kepala_bidang'], 'report.check')).toBe(true);
    expect(may(['kepala_skpd'], 'report.sign')).toBe(true);
  });
});
