import { Hono } from 'hono';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { auditRoutes } from './audit-routes.tsx';
import { cardDesignRoutes } from './card-designs/routes.tsx';
import { cardBatchRoutes } from './cards/routes.tsx';
import { deviceRoutes } from './devices-routes.tsx';
import { exportRoutes } from './exports/routes.tsx';
import { importRoutes } from './imports/routes.tsx';
import { keyRoutes } from './keys-routes.tsx';
import { memberActionRoutes } from './member-action-routes.tsx';
import { memberConsentRoutes } from './member-consent-routes.ts';
import { memberCorrectRoutes } from './member-correct-routes.tsx';
import { memberMergeRoutes } from './member-merge-routes.tsx';
import { memberRoutes } from './members-routes.tsx';
import { officerRoutes } from './officers-routes.tsx';
import { procedureRoutes } from './procedures/routes.tsx';
import { reportRoutes } from './reports/routes.tsx';
import { secondFactorRoutes } from './second-factor-routes.tsx';
import { sessionListRoutes } from './sessions-routes.tsx';
import { settingsRoutes } from './settings-routes.tsx';

/** Everything behind the counter: members, reports, settings, the audit trail. */
export function officeRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.route('/', memberRoutes(deps));
  app.route('/', memberActionRoutes(deps));
  app.route('/', memberCorrectRoutes(deps));
  app.route('/', memberConsentRoutes(deps));
  app.route('/', memberMergeRoutes(deps));
  app.route('/', cardBatchRoutes(deps));
  app.route('/', reportRoutes(deps));
  app.route('/', importRoutes(deps));
  app.route('/', exportRoutes(deps));
  app.route('/', settingsRoutes(deps));
  app.route('/', cardDesignRoutes(deps));
  app.route('/', officerRoutes(deps));
  app.route('/', deviceRoutes(deps));
  app.route('/', keyRoutes(deps));
  app.route('/', procedureRoutes(deps));
  app.route('/', auditRoutes(deps));
  app.route('/', sessionListRoutes(deps));
  app.route('/', secondFactorRoutes(deps));
  return app;
}
