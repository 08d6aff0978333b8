// The reference on a narrow screen.
import assert from 'node:assert/strict';
import { check } from './axe.mjs';
import { browse, firsts, link, operations, picture, saw, section, url } from './browser.mjs';

const known = await operations();
const shown = known.find(({ operationId }) => operationId === 'removeAccessibleLock');

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
