// The reference with axe-core, which finds what keeps people out, in each state of the page; and on a narrow screen.
import assert from 'node:assert/strict';
import { Console } from './console.mjs';
import { browse, firsts, link, operations, picture, require, saw, section, url } from './browser.mjs';

const axe = require('axe-core');
const known = await operations();
const shown = known.find(({ operationId }) => operationId === 'removeAccessibleLock');

for (const colorScheme of ['light', 'dark']) {
  await browse({ colorScheme }, async (page) => {
    await page.goto(`${url}/docs`);
    await page.getByRole('heading', { name: 'Portcullis' }).waitFor();
    await check(page, `the beginning, ${colorScheme}`);
    await page.goto(`${url}/docs${link(shown)}`);
    await section(page, shown).getByRole('button', { name: /language: curl$/ }).waitFor();
    await check(page, `an operation, ${colorScheme}`);
    await Console.open(page, section(page, shown));
    await check(page, `the request console, ${colorScheme}`);
  });
}

await browse({ viewport: { width: 360, height: 740 } }, async (page) => {
  for (const each of [undefined, shown, ...firsts(known)]) {
    await page.goto(`${url}/docs${each ? link(each) : ''}`);
    if (each) await section(page, each).getByRole('heading').first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${each?.operationId ?? 'the beginning'} is ${wide} pixels too wide`);
    if (each === shown) await picture(page, 'reference-narrow');
  }
  await check(page, 'a narrow screen');
  saw('no scrolling sideways at 360 pixels');
});
console.log('done');

/** Demands that nothing is found but what is Scalar's own and cannot be mended from here. */
async function check(page, what) {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document));
  assert.ok(passes.length > 10, 'axe-core looked at nothing');
  const grave = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  const found = grave.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0,200)} ${process.env.FULL ? JSON.stringify(node.any.concat(node.all).map(a=>a.data)) : ''}`));
  if (process.env.FULL) { console.log('#', what); console.log(found.join('\n')); return; }
  assert.deepEqual(found, [], what);
  saw(`nothing serious in ${what}`);
}
