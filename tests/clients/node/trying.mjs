// The reference as people try it: the three operations from its request console, with credentials typed by hand.
import assert from 'node:assert/strict';
import { Console } from './console.mjs';
import { browse, expected, link, operations, picture, saw, section, url, variables } from './browser.mjs';

const known = await operations();
const operation = (id) => known.find(({ operationId }) => operationId === id);

await browse({ colorScheme: 'light' }, async (page, faults) => {
  await takesALockAway(page);
  await resetsACamera(page);
  await resetsASecondFactor(page, faults);
  await callsAnotherBase(page, faults);
  await keepsNoCredential(page);
  assert.deepEqual(faults, []);
  saw('no request to another host, no complaint of the browser');
});
console.log('done');

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

async function resetsASecondFactor(page, faults) {
  const tried = await opened(page, operation('resetTotp'));
  await tried.choose('authToken', 'userId');
  await tried.credential('X-Auth-Token', variables.ADMIN_TOKEN);
  await tried.credential('X-User-Id', variables.ADMIN_ID);
  await tried.body({ userId: variables.PERSON });
  const challenged = await tried.send();
  assert.deepEqual([challenged.status, challenged.body.errorType], [400, 'totp-required']);
  expected(faults, 400, `${url}/api/v1/users.resetTOTP`);
  await tried.choose('authToken', 'twoFactorCode', 'twoFactorMethod', 'userId');
  await tried.credential('x-2fa-code', variables.BACKUP_CODE);
  await tried.credential('x-2fa-method', 'totp');
  assert.deepEqual(await tried.send(), { status: 200, body: { success: true } });
  await tried.close();
  saw('a second factor reset with a session and the own second factor');
}

/** The base URL is what one types, here one of the same host where nothing is. */
async function callsAnotherBase(page, faults) {
  for (const [base, status] of [[`${url}/nowhere`, 404], [url, 200]]) {
    await page.goto(`${url}/docs`);
    await page.getByRole('button', { name: /^Server:/ }).first().click();
    await page.getByText('{base}').last().click();
    const field = page.getByRole('textbox', { name: 'base' });
    await field.fill('');
    await field.pressSequentially(base);
    await page.locator(`li[data-sidebar-id$="/tag/operation"]`).getByRole('link').first().click();
    const tried = await Console.open(page, section(page, operation('ready')));
    const sent = page.waitForRequest(`${base}/readyz`);
    assert.equal((await tried.send()).status, status);
    await sent;
    if (status !== 200) expected(faults, status, `${base}/readyz`);
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
