// A client that openapi-typescript makes of the served document, with openapi-fetch: checked by the compiler in its strict
// mode, and able to do the three operations.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const told = JSON.parse(process.env.PORTCULLIS_TOLD);
const packages = path.join(process.env.PORTCULLIS_NODE_PACKAGES, 'node_modules');
const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-client-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const source = fileURLToPath(new URL('generated/operations.ts', import.meta.url));

/** Runs a program of a package; what it says is shown if it fails. */
function run(program, ...words) {
  try {
    return execFileSync(process.execPath, [path.join(packages, program), ...words], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    throw new Error(`${program}: ${error.stdout}${error.stderr}`);
  }
}

symlinkSync(packages, path.join(folder, 'node_modules'));
writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}');
const document = await fetch(`${told.PORTCULLIS}/openapi.json`);
writeFileSync(path.join(folder, 'openapi.json'), await document.text());
run('openapi-typescript/bin/cli.js', 'openapi.json', '--output', 'schema.d.ts');
copyFileSync(source, path.join(folder, 'operations.ts'));
const compiler = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom', '--types', 'node'];
run('typescript/bin/tsc', ...compiler, 'operations.ts');
console.log('saw: made and compiled in strict mode');
const { operations } = await import(path.join(folder, 'operations.js'));
for (const seen of await operations(told)) console.log(`saw: ${seen}`);
console.log('done');
