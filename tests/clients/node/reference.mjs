// The reference as people read it: all operations, the search, links, samples, dark and light.
import assert from 'node:assert/strict';
import { browse, expected, firsts, link, operations, picture, saw, section, url } from './browser.mjs';

const LANGUAGES = { curl: 'curl ', Python: 'import requests', JavaScript: 'fetch(', Go: 'net/http', Ruby: 'net/http' };

const known = await operations();
const firstOfTags = firsts(known);
const operation = (id) => known.find(({ operationId }) => operationId === id);

await browse({ colorScheme: 'light' }, async (page, faults) => {
  await page.goto(`${url}/docs`);
  await leadsToTheDocument(page);
  await findsAll(page);
  await searches(page);
  await linksDeeply(page);
  await switchesLanguages(page);
  await switchesColours(page);
  await tellsWhatIsMissing(page, faults);
  assert.deepEqual(faults, []);
  saw('no request to another host, no complaint of the browser');
  await isStoppedElsewhere(page, faults);
});
console.log('done');

/** The document itself is one click away. */
async function leadsToTheDocument(page) {
  const reads = page.getByRole('link', { name: 'The document itself' });
  assert.equal(await reads.getAttribute('href'), `${url}/openapi.json`);
}

/** Opens every group of the sidebar: all operations are there by name. Of each group one is opened. */
async function findsAll(page) {
  const closed = page.getByRole('button', { name: /^Open Group - (?!Models)/ });
  await closed.first().waitFor();
  while (await closed.count()) await closed.first().click();
  const links = page.locator('li[data-sidebar-id*="/tag/"]:not(:has(li)) a');
  const listed = await links.evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.textContent]));
  assert.deepEqual(listed.map(([href]) => href).toSorted(), known.map(link).toSorted());
  for (const each of known) {
    const [, text] = listed.find(([href]) => href === link(each));
    assert.ok(text.includes(each.summary), `${each.operationId} is called ${text}`);
  }
  for (const each of firstOfTags) {
    await page.locator(`a[href="${link(each)}"]`).first().click();
    await section(page, each).getByRole('heading', { name: each.summary.replace(/\.$/, '') }).first().waitFor();
    assert.ok(page.url().endsWith(link(each)), page.url());
  }
  saw(`all ${listed.length} operations of the document, in ${firstOfTags.length} groups`);
}

/** Finds an operation by a word of its path. */
async function searches(page) {
  await page.getByRole('button', { name: /^Open Search/ }).first().click();
  await page.getByRole('combobox', { name: 'Enter search query' }).pressSequentially('RemoveAccessible');
  const found = page.getByRole('option', { name: operation('removeAccessibleLock').summary });
  await found.first().click();
  await page.waitForURL(/removeAccessibleLock$/);
  saw('the search leads to an operation');
}

/** An address with an operation in it opens at that operation, in a page that was not there before. */
async function linksDeeply(page) {
  const wanted = operation('resetThreeDEyeUser');
  await page.goto('about:blank');
  await page.goto(`${url}/docs${link(wanted)}`);
  const heading = section(page, wanted).getByRole('heading', { name: wanted.summary.replace(/\.$/, '') }).first();
  await heading.waitFor();
  const inSight = (at) => Math.abs(at.getBoundingClientRect().top) < innerHeight;
  await page.waitForFunction(inSight, await heading.elementHandle());
  saw('a link opens its operation');
}

/** The samples of one operation; the choice then holds for another. */
async function switchesLanguages(page) {
  const shown = section(page, operation('removeAccessibleLock'));
  await page.goto(`${url}/docs${link(operation('removeAccessibleLock'))}`);
  const language = (name, at = shown) => at.getByRole('button', { name: `Change code sample language: ${name}` });
  await language('curl').waitFor();
  let last = 'curl';
  for (const [name, words] of Object.entries(LANGUAGES)) {
    await language(last).click();
    const offered = await page.getByRole('option').allInnerTexts();
    assert.deepEqual(offered.map((label) => label.trim()), Object.keys(LANGUAGES));
    await page.getByRole('option', { name, exact: true }).click();
    await language(name).waitFor();
    await shown.locator('code').filter({ hasText: words }).first().waitFor();
    last = name;
  }
  const other = operation('addAccessibleLock');
  await language(last, section(page, other)).waitFor();
  saw(`samples in ${Object.keys(LANGUAGES).join(', ')}`);
  await language(last).click();
  await page.getByRole('option', { name: 'curl', exact: true }).click();
  await shown.scrollIntoViewIfNeeded();
}

/** Dark and light, by the switch, and kept. */
async function switchesColours(page) {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await picture(page, 'reference');
  await page.getByRole('button').filter({ has: page.getByLabel('Set dark mode') }).click();
  await page.locator('body.dark-mode').waitFor();
  assert.notEqual(await background(), light);
  await picture(page, 'reference-dark');
  await page.getByRole('button').filter({ has: page.getByLabel('Set light mode') }).click();
  await page.locator('body.light-mode').waitFor();
  assert.equal(await background(), light);
  saw('dark and light');
}

/** Without the document the page says so. */
async function tellsWhatIsMissing(page, faults) {
  await page.goto('about:blank');
  await page.route('**/openapi.json', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(`${url}/docs`);
  await page.getByText(/openapi\.json cannot be had: 503/).waitFor();
  await page.unroute('**/openapi.json');
  expected(faults, 503, `${url}/openapi.json`);
  saw('a page without its document says so');
}

/** The policy holds in this browser, and those who watch see what it stops. */
async function isStoppedElsewhere(page, faults) {
  const stopped = await page.evaluate(async () => {
    const told = new Promise((resolve) => addEventListener('securitypolicyviolation', resolve, { once: true }));
    await fetch('https://elsewhere.example/').catch(() => {});
    return (await told).effectiveDirective;
  });
  assert.equal(stopped, 'connect-src');
  const script = await page.evaluate(() => {
    const inline = document.createElement('script');
    inline.textContent = 'globalThis.ran = true';
    document.body.append(inline);
    return globalThis.ran === undefined;
  });
  assert.ok(script, 'an inline script ran');
  assert.ok(faults.length >= 2, `${faults}`);
  faults.length = 0;
  saw('a call elsewhere and an inline script are stopped');
}
