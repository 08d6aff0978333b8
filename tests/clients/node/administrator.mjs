// An administrator with an authenticator gets somebody back in, by each way of naming the person.
import assert from 'node:assert/strict';
import { account, again, answering, enrolled, first, refused, saw, signedIn, told, wasAsked } from './clients.mjs';

const RESET = '/v1/users.resetTOTP';
const PASSWORD = 'a password for Cleo';

const admin = await signedIn(told.admin, told.adminPassword);
const id = await account(admin, 'cleo', PASSWORD);
const { app, codes } = await enrolled(admin);
const spare = codes.values();

for (const target of [{ userId: id }, { userId: 'cleo' }, { username: 'CLEO' }, { user: 'cleo' }]) {
  const session = await signedIn('cleo', PASSWORD);
  await enrolled(session);
  assert.equal((await refused(session.post('/v1/login', { user: 'cleo', password: PASSWORD }))).status, 401);
  const asked = answering(admin, spare.next().value);
  assert.deepEqual(await admin.post(RESET, target), { success: true });
  wasAsked(asked, first('totp'));
  assert.equal((await refused(session.get('/v1/me'))).status, 401);
  await signedIn('cleo', PASSWORD);
  await admin.get('/v1/me');
  saw(`reset of ${JSON.stringify(target)}: the person's sessions ended, the administrator's did not`);
}

const failure = async (own, body, code) => {
  const { status, body: answer } = await refused(own.post(RESET, body));
  assert.equal(status, 400);
  assert.equal(answer.success, false);
  assert.equal(answer.errorType, code);
  assert.ok(answer.error.endsWith(` [${code}]`), answer.error);
};
answering(admin, spare.next().value);
await failure(admin, { userId: 'nobody' }, 'error-invalid-user');
answering(admin, spare.next().value);
await failure(admin, { userId: ' ', username: '' }, 'error-user-param-not-provided');
await failure(admin, { userId: 7 }, 'invalid-params');
await failure(admin, { userId: id, why: 'phone lost' }, 'invalid-params');
const cleo = await signedIn('cleo', PASSWORD);
await enrolled(cleo).then(({ app: own }) => answering(cleo, own.code(1)));
await failure(cleo, { userId: told.admin }, 'error-not-allowed');
saw('every refusal has its code in `errorType` and at the end of `error`');

// Each reset asks for a code of its own, and one of the app counts once.
const used = app.code(1);
let asked = answering(admin, used);
assert.deepEqual(await admin.post(RESET, { userId: id }), { success: true });
wasAsked(asked, first('totp'));
asked = answering(admin, used, spare.next().value);
assert.deepEqual(await admin.post(RESET, { userId: id }), { success: true });
wasAsked(asked, first('totp'), again('totp'));
saw('a code of the app that was used is asked for again');
console.log('done');
