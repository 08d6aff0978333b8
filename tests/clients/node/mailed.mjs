// Codes by e-mail: the handler of the published client reads them where the service writes its mails.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { account, again, answering, first, refused, saw, sha256, signedIn, told, wasAsked } from './clients.mjs';

const RESET = '/v1/users.resetTOTP';
const PASSWORD = 'a password for Eve';
const ADDRESS = 'eve@residents.example';
const done = { success: true };

/** The newest code mailed to Eve that is none of these. */
async function mailedCode(...known) {
  for (let tries = 0; tries < 200; tries += 1) {
    const files = await readdir(told.mails).catch(() => []);
    const mails = files.filter((file) => file.endsWith('.eml')).map((file) => readFile(path.join(told.mails, file), 'utf8'));
    for (const mail of await Promise.all(mails)) {
      const code = mail.match(/^ {4}(\d{3}-\d{3})\r?$/m)?.[1];
      if (code && !known.includes(code) && mail.includes(`To: ${ADDRESS}`)) return code;
    }
    await sleep(50);
  }
  throw new Error('no code is mailed');
}

const admin = await signedIn(told.admin, told.adminPassword);
const id = await account(admin, 'eve', PASSWORD, { verified: true });
const own = await signedIn('eve', PASSWORD);
assert.deepEqual(await own.post('/v1/users.2fa.enableEmail'), done);
assert.deepEqual((await own.get('/v1/me')).services.email2fa, { enabled: true });

// Asked without a handler, for the details; then again with one.
const { status, body } = await refused(own.post(RESET));
assert.equal(status, 400);
assert.equal(body.errorType, 'totp-required');
const { codeExpires, ...details } = body.details;
assert.deepEqual(details, {
  method: 'email', codeGenerated: true, availableMethods: ['email'], emailOrUsername: ADDRESS,
});
assert.ok(Date.parse(codeExpires) > Date.now());
const code = await mailedCode();
saw('the challenge says where the code went and until when it is good');

const asked = answering(own, code === '000-000' ? '111-111' : '000-000', code);
assert.deepEqual(await own.post(RESET), done);
wasAsked(asked, first('email'), again('email'));
await own.get('/v1/me');
saw('a wrong and then the mailed code; there was no TOTP, so the session goes on');

// At sign-in the code goes into the body.
const blocked = await refused(own.post('/v1/login', { user: 'eve', password: PASSWORD }));
assert.equal(blocked.status, 401);
assert.equal(blocked.body.error, 'totp-required');
assert.equal(blocked.body.details.emailOrUsername, 'eve');
const second = await mailedCode(code);
const session = await signedIn('eve', PASSWORD, second);
await refused(own.post('/v1/login', { user: 'eve', password: PASSWORD, code: second }));
saw('sign-in takes the next mailed code, once');

// Which factor is proved can be said; the password is none while there is a better one.
const forced = { headers: { 'x-2fa-method': 'password', 'x-2fa-code': sha256(PASSWORD) } };
const other = await refused(session.post('/v1/users.2fa.disableEmail', {}, forced));
assert.equal(other.body.errorType, 'totp-invalid');
answering(session, await mailedCode(code, second));
assert.deepEqual(await session.post('/v1/users.2fa.disableEmail'), done);
await signedIn('eve', PASSWORD);
saw('switched off with a code of its own, and none is asked for any more');

// Somebody without a factor is reset without an end of sessions: there was nothing to clear.
answering(admin, sha256(told.adminPassword));
assert.deepEqual(await admin.post(RESET, { userId: id }), done);
await session.get('/v1/me');
saw('a reset with nothing to clear ends no session');
console.log('done');
