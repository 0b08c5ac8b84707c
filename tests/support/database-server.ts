/** Global set-up of the projects that need a database: one server, one migrated and seeded template for all files. */
import type { TestProject } from 'vitest/node';
import { makeTemplate, type TemplateFacts } from './database.ts';
import { type ServerAddresses, startTestServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testDatabase: { readonly addresses: ServerAddresses; readonly facts: TemplateFacts };
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  try {
    const facts = await makeTemplate(server.addresses);
    project.provide('testDatabase', { addresses: server.addresses, facts });
    console.log(`PostgreSQL ${server.version} is ready for the tests.`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}
