// The reference with axe-core, in light and dark: at its beginning, at an operation, in the request console.
import { allMet, check } from './axe.mjs';
import { Console } from './console.mjs';
import { browse, link, operations, section, url } from './browser.mjs';

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

allMet();
console.log('done');
