// Every link and anchor between the pages for people leads somewhere, says remark-validate-links.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const { root, pages } = JSON.parse(process.env.PORTCULLIS_TOLD);
const packages = path.join(process.env.PORTCULLIS_NODE_PACKAGES, 'node_modules');
const remark = path.join(packages, 'remark-cli/cli.js');
const plugin = path.join(packages, 'remark-validate-links/index.js');

/** What is said of pages and folders of pages, line by line, and whether all is well. */
function check(cwd, ...places) {
  const words = ['--frail', '--no-color', '--no-config', '--no-stdout', '--use', `${plugin}=repository:false`];
  const done = spawnSync(process.execPath, [remark, ...words, ...places], { cwd, encoding: 'utf8' });
  return { good: done.status === 0, said: done.stderr };
}

// First that it finds what it is there to find.
const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-links-'));
writeFileSync(path.join(folder, 'page.md'), '# Here\n\n[no page](none.md), [no heading](#there), [both](page.md#here)\n');
const control = check(folder, 'page.md');
rmSync(folder, { recursive: true });
assert.ok(!control.good && /none\.md/.test(control.said) && /there/.test(control.said), control.said);

const { good, said } = check(root, ...pages);
assert.ok(good, said);
const seen = said.split('\n').filter((line) => line.endsWith('no issues found'));
assert.ok(seen.length >= 15, said);
console.log(`saw: ${seen.length} pages, every link and anchor leads somewhere`);
console.log('done');
