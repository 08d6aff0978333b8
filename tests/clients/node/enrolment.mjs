// Enrolment through `method.call`, as the web client does it.
import assert from 'node:assert/strict';
import { account, Authenticator, enrolled, method, refused, saw, signedIn, told } from './clients.mjs';

const PASSWORD = 'a password for Bob';

const admin = await signedIn(told.admin, told.adminPassword);
await account(admin, 'bob', PASSWORD);
const own = await signedIn('bob', PASSWORD);
const other = await signedIn('bob', PASSWORD);

const failed = (inner, code) => {
  assert.equal(inner.result, undefined);
  assert.equal(inner.error.error, code);
  assert.equal(inner.error.errorType, 'Meteor.Error');
};

failed(await method(own, '2fa:validateTempToken', '123456'), 'invalid-totp');
failed(await method(own, '2fa:checkCodesRemaining'), 'invalid-totp');
saw('nothing can be confirmed or counted before an enrolment');

const begun = await method(own, '2fa:enable');
const anew = await method(own, '2fa:enable');
assert.notEqual(begun.result.secret, anew.result.secret);
assert.match(anew.result.secret, /^[A-Z2-7]{52}$/);
saw('each enable makes a new secret of 52 characters until one is confirmed');

const stale = new Authenticator(begun.result.url);
failed(await method(own, '2fa:validateTempToken', stale.code()), 'invalid-totp');
const { app, codes } = await enrolled(own);
assert.deepEqual([...new Set(codes)].length, 12);
for (const code of codes) assert.equal(code.length, 8);
saw('the code of the newest secret confirms, one of an older does not');

assert.equal((await own.get('/v1/me')).services.totp.enabled, true);
assert.equal((await refused(other.get('/v1/me'))).status, 401);
saw('the session that enrolled goes on, the others have ended');

failed(await method(own, '2fa:enable'), 'error-2fa-already-enabled');
assert.deepEqual((await method(own, '2fa:checkCodesRemaining')).result, { remaining: 12 });
await signedIn('bob', PASSWORD, codes[0]);
await refused(own.post('/v1/login', { user: 'bob', password: PASSWORD, code: codes[0] }));
assert.deepEqual((await method(own, '2fa:checkCodesRemaining')).result, { remaining: 11 });
saw('a backup code works once');

const { result: regenerated } = await method(own, '2fa:regenerateCodes', app.code(1));
assert.equal(regenerated.codes.length, 12);
await refused(own.post('/v1/login', { user: 'bob', password: PASSWORD, code: codes[1] }));
await signedIn('bob', PASSWORD, regenerated.codes[1]);
saw('new backup codes put an end to the old ones');

assert.equal((await method(own, '2fa:disable', app.wrong())).result, false);
assert.equal((await method(own, '2fa:disable', regenerated.codes[2])).result, true);
assert.equal((await method(own, '2fa:disable', regenerated.codes[3])).result, false);
assert.equal((await own.get('/v1/me')).services.totp, undefined);
await signedIn('bob', PASSWORD);
saw('disabled with a code, not with a wrong one, and not twice');
console.log('done');
