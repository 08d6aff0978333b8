// The challenge, answered by the handler loop of the published client.
import assert from 'node:assert/strict';
import {
  account, again, answering, client, enrolled, first, refused, saw, sha256, signedIn, told, wasAsked,
} from './clients.mjs';

const RESET = '/v1/users.resetTOTP';
const PASSWORD = 'a password for Ada';
const done = { success: true };

const admin = await signedIn(told.admin, told.adminPassword);
const adaId = await account(admin, 'ada', PASSWORD);

// No handler: the client hands on the answer.
{
  const { status, body } = await refused(admin.post(RESET, { userId: adaId }));
  assert.equal(status, 400);
  assert.deepEqual(body, {
    success: false,
    error: 'TOTP Required [totp-required]',
    errorType: 'totp-required',
    details: { method: 'password', codeGenerated: false, availableMethods: [] },
  });
  saw('without a handler the call is rejected with the Response, status 400');
}

// A handler that gives up: its error comes out.
{
  admin.handleTwoFactorChallenge(async () => {
    throw new TypeError('the user pressed Escape');
  });
  await assert.rejects(admin.post(RESET, { userId: adaId }), new TypeError('the user pressed Escape'));
  saw("a throwing handler's error is what the caller gets");
}

// The password: its SHA-256, never itself.
{
  const asked = answering(admin, told.adminPassword, sha256(told.adminPassword).toUpperCase());
  assert.deepEqual(await admin.post(RESET, { userId: adaId }), done);
  wasAsked(asked, first('password'), again('password'));
  saw('the password in clear is refused, its SHA-256 is accepted');
}

const own = await signedIn('ada', PASSWORD);
const { app, codes } = await enrolled(own);

// Signing in asks with 401, which is not for the handler: the code goes into the body.
{
  const asked = answering(own);
  const { status, body } = await refused(own.post('/v1/login', { user: 'ada', password: PASSWORD }));
  assert.equal(status, 401);
  assert.equal(body.status, 'error');
  assert.equal(body.error, 'totp-required');
  assert.equal(body.details.method, 'totp');
  wasAsked(asked);
  const wrong = await refused(own.post('/v1/login', { user: 'ada', password: PASSWORD, code: app.wrong() }));
  assert.equal(wrong.body.error, 'totp-invalid');
  const session = await signedIn('ada', PASSWORD, codes[0]);
  assert.equal((await session.get('/v1/me')).username, 'ada');
  saw('sign-in asks with 401, and takes a code in the body');
}

// Headers in any case; a code without a method.
{
  const spelled = { headers: { 'X-2FA-CODE': codes[1], 'X-2fa-Method': 'password' } };
  const { status, body } = await refused(own.post(RESET, { userId: adaId }, spelled));
  assert.equal(status, 400);
  assert.equal(body.errorType, 'error-not-allowed');
  saw('header names in any case; past the challenge stands the permission');
}

// Self-reset without a body, which the client sends as JSON: wrong, then right.
{
  const asked = answering(own, app.wrong(), app.code(1));
  assert.deepEqual(await own.post(RESET), done);
  wasAsked(asked, first('totp'), again('totp'));
  const { status, body } = await refused(own.get('/v1/me'));
  assert.equal(status, 401);
  assert.equal(body.status, 'error');
  assert.equal(body.success, false);
  saw('a wrong and then the right code of the app; the self-reset ended the session');
  await signedIn('ada', PASSWORD);
  saw('and no code is asked for at sign-in any more');
}

// Once more with backup codes: a spent one is asked for again.
{
  const session = await signedIn('ada', PASSWORD);
  const fresh = await enrolled(session);
  const asked = answering(session, codes[2], fresh.codes[0]);
  assert.deepEqual(await session.post(RESET, {}), done);
  wasAsked(asked, first('totp'), again('totp'));
  saw('backup codes of an earlier enrolment are void, those of this one work');
}

// Nobody is signed in.
{
  const { status, body } = await refused(client().post(RESET));
  assert.equal(status, 401);
  assert.equal(body.message, 'You must be logged in to do this.');
  saw('without a session 401');
}
console.log('done');
