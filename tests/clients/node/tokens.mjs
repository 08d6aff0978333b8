// Personal access tokens, with and without the second factor's bypass.
import assert from 'node:assert/strict';
import {
  account, answering, client, enrolled, first, refused, saw, signedIn, told, wasAsked,
} from './clients.mjs';

const RESET = '/v1/users.resetTOTP';
const GENERATE = '/v1/users.generatePersonalAccessToken';
const PASSWORD = 'a password for Flo';
const done = { success: true };

const admin = await signedIn(told.admin, told.adminPassword);
const { _id: adminId } = await admin.get('/v1/me');
const id = await account(admin, 'flo', PASSWORD);

/** A program that has a token. */
const program = (userId, token) => {
  const made = client();
  made.setCredentials({ 'X-User-Id': userId, 'X-Auth-Token': token });
  return made;
};

const { app, codes } = await enrolled(admin);
const asked = answering(admin, codes[0]);
const { token: careful } = await admin.post(GENERATE, { tokenName: 'careful' });
const { token: nightly } = await admin.post(GENERATE, { tokenName: 'nightly', bypassTwoFactor: true });
wasAsked(asked, first('totp'));
const { tokens } = await admin.get('/v1/users.getPersonalAccessTokens');
assert.deepEqual(tokens.map(({ name, bypassTwoFactor }) => [name, bypassTwoFactor]).sort(), [
  ['careful', false], ['nightly', true],
]);
saw('tokens are made with a code, which is remembered for the next one, and listed');

const owner = await signedIn('flo', PASSWORD);
await enrolled(owner);
const without = program(adminId, careful);
const bypassing = program(adminId, nightly);
assert.equal((await refused(without.post(RESET, { userId: id }))).body.errorType, 'totp-required');
assert.deepEqual(await bypassing.post(RESET, { userId: id }), done);
assert.equal((await refused(owner.get('/v1/me'))).status, 401);
saw('a token with the bypass resets without a code, one without is asked');

const withoutBypass = answering(without, app.code(1));
assert.deepEqual(await without.post(RESET, { userId: id }), done);
wasAsked(withoutBypass, first('totp'));
saw('and answers as a session does');

await enrolled(await signedIn('flo', PASSWORD));
assert.deepEqual(await bypassing.post('/v1/users.setActiveStatus', { userId: id, activeStatus: false }), {
  success: true, user: { _id: id, active: false },
});
assert.equal((await refused(client().post('/v1/login', { user: 'flo', password: PASSWORD }))).status, 401);
saw('an account switched off signs in no more');
console.log('done');
