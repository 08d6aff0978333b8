// Redocly's linter on the document: its recommended rules, and examples that have to be right.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const told = JSON.parse(process.env.PORTCULLIS_TOLD);
const program = path.join(process.env.PORTCULLIS_NODE_PACKAGES, 'node_modules/@redocly/cli/bin/cli.js');
const config = path.join(import.meta.dirname, 'redocly.yaml');
const run = spawnSync(
  process.execPath,
  [program, 'lint', '--config', config, '--format', 'json', told.document],
  { encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } },
);
assert.equal(run.status, 0, run.stdout + run.stderr);
const { totals, problems } = JSON.parse(run.stdout);
const found = problems.map(({ ruleId, location }) => `${ruleId} ${location[0].pointer}`);
// These two take nothing, no credentials either, so there is nothing a client could do wrong.
assert.deepEqual(found, [
  'operation-4xx-response #/paths/~1healthz/get/responses',
  'operation-4xx-response #/paths/~1readyz/get/responses',
]);
console.log(`redocly lint: ${totals.errors} errors, ${totals.warnings} warnings, both explained`);
console.log('done');
