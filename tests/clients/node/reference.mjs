// The reference as people use it: reading, searching, switching, trying.
import assert from 'node:assert/strict';
import { Console } from './console.mjs';
import { browse, firsts, link, operations, picture, saw, section, url, variables } from './browser.mjs';

const LANGUAGES = { curl: 'curl ', Python: 'import requests', JavaScript: 'fetch(', Go: 'net/http', Ruby: 'net/http' };

const known = await operations();
const firstOfTags = firsts(known);
const operation = (id) => known.find(({ operationId }) => operationId === id);

await browse({ colorScheme: 'light' }, async (page, faults) => {
  await page.goto(`${url}/docs`);
  await findsAll(page);
  await searches(page);
  await linksDeeply(page);
  await switchesLanguages(page);
  await switchesColours(page);
  await takesALockAway(page);
  await resetsACamera(page);
  await resetsASecondFactor(page);
  await callsAnotherBase(page);
  await keepsNoCredential(page);
  assert.deepEqual(faults, []);
  saw('no request to another host, no complaint of the browser');
  await isStoppedElsewhere(page, faults);
});
console.log('done');

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
  await page.waitForFunction((at) => Math.abs(at.getBoundingClientRect().top) < innerHeight, await heading.elementHandle());
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

async function opened(page, wanted) {
  await page.goto(`${url}/docs${link(wanted)}`);
  return Console.open(page, section(page, wanted));
}

async function takesALockAway(page) {
  const tried = await opened(page, operation('removeAccessibleLock'));
  await tried.choose('apiKey');
  await tried.credential('X-API-Key', variables.API_KEY);
  await tried.variable('id', variables.PERSON);
  await tried.body({ lockId: 'garage', removedBy: 'front desk', reason: 'moved out' });
  const { status, body } = await tried.send();
  await picture(page, 'console');
  assert.deepEqual([status, body.success, body.lockId], [200, true, 'garage']);
  await tried.close();
  saw('a lock taken away with the key of the organisation');
}

async function resetsACamera(page) {
  const tried = await opened(page, operation('resetThreeDEyeUser'));
  await tried.choose('adminKey', 'jwt');
  await tried.credential('X-Admin-API-Key', variables.ADMIN_KEY);
  await tried.bearer(variables.STAFF_TOKEN);
  await tried.variable('userId', variables.PERSON);
  await tried.body({ clearMapping: true, deleteRemote: true, reprovision: true });
  const { status, body } = await tried.send();
  const { clearedMapping, remote, reprovision } = body;
  assert.deepEqual([status, clearedMapping, remote.attemptedDelete, reprovision.error], [200, true, true, null]);
  assert.notEqual(reprovision.threedeyeUserId, remote.deletedThreedeyeUserId);
  await tried.close();
  saw('a camera account reset with the admin key and a token');
}

async function resetsASecondFactor(page) {
  const tried = await opened(page, operation('resetTotp'));
  await tried.choose('authToken', 'userId');
  await tried.credential('X-Auth-Token', variables.ADMIN_TOKEN);
  await tried.credential('X-User-Id', variables.ADMIN_ID);
  await tried.body({ userId: variables.PERSON });
  const challenged = await tried.send();
  assert.deepEqual([challenged.status, challenged.body.errorType], [400, 'totp-required']);
  await tried.choose('authToken', 'twoFactorCode', 'twoFactorMethod', 'userId');
  await tried.credential('x-2fa-code', variables.BACKUP_CODE);
  await tried.credential('x-2fa-method', 'totp');
  assert.deepEqual(await tried.send(), { status: 200, body: { success: true } });
  await tried.close();
  saw('a second factor reset with a session and the own second factor');
}

/** The base URL is what one types, here one of the same host where nothing is. */
async function callsAnotherBase(page) {
  for (const [base, expected] of [[`${url}/nowhere`, 404], [url, 200]]) {
    await page.goto(`${url}/docs`);
    await page.getByRole('button', { name: /^Server:/ }).first().click();
    await page.getByText('{base}').last().click();
    const field = page.getByRole('textbox', { name: 'base' });
    await field.fill('');
    await field.pressSequentially(base);
    await page.locator(`li[data-sidebar-id$="/tag/operation"]`).getByRole('link').first().click();
    const tried = await Console.open(page, section(page, operation('ready')));
    const sent = page.waitForRequest(`${base}/readyz`);
    assert.equal((await tried.send()).status, expected);
    await sent;
    await tried.close();
  }
  saw('calls go to the base URL one types');
}

/** Nothing that was typed is kept beyond the page. */
async function keepsNoCredential(page) {
  const kept = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, databases, document.cookie]);
  });
  const typed = ['API_KEY', 'ADMIN_KEY', 'STAFF_TOKEN', 'ADMIN_ID', 'ADMIN_TOKEN', 'BACKUP_CODE'];
  for (const name of typed) assert.ok(!kept.includes(variables[name]), `${name} is kept: ${kept}`);
  assert.ok(JSON.parse(kept)[2].length === 0, kept);
  saw('no credential is kept');
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
