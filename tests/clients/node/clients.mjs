// What the scripts share: the published client, an authenticator app, and a way to say what was done.
import assert from 'node:assert/strict';
import { File } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';

// The client is written for browsers; Node has this class, but older ones not as a global.
globalThis.File ??= File;

const require = createRequire(path.join(process.env.PORTCULLIS_NODE_PACKAGES, 'package.json'));
const { RestClient } = require('@rocket.chat/api-client');
const { TOTP, URI } = require('otpauth');

/** What the test told the script: `url`, `admin`, `adminPassword`, and `mails`, where they are written. */
export const told = JSON.parse(process.env.PORTCULLIS_TOLD);

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Says what was seen to be so. */
export const saw = (what) => console.log(`saw: ${what}`);

export const client = () => new RestClient({ baseUrl: told.url });

/** A client with a session; `code` where one is needed. */
export async function signedIn(user, password, code) {
  const own = client();
  const { status, data } = await own.post('/v1/login', { user, password, ...(code && { code }) });
  assert.equal(status, 'success');
  own.setCredentials({ 'X-User-Id': data.userId, 'X-Auth-Token': data.authToken });
  return own;
}

/** Makes an account; answers its id. */
export async function account(admin, username, password, more = {}) {
  const body = { username, name: username, email: `${username}@residents.example`, password, ...more };
  const made = await admin.post('/v1/users.create', body);
  assert.equal(made.success, true);
  return made.user._id;
}

/** The Response a call is rejected with, with its body read. */
export async function refused(call) {
  let response;
  try {
    const answer = await call;
    assert.fail(`not refused: ${JSON.stringify(answer)}`);
  } catch (error) {
    if (!(error instanceof Response)) throw error;
    response = error;
  }
  const kind = response.headers.get('content-type');
  assert.equal(kind, 'application/json');
  return { status: response.status, body: await response.json() };
}

/** Calls a method as the web client does; answers the inner message. */
export async function method(own, name, ...params) {
  const message = JSON.stringify({ msg: 'method', id: '42', method: name, params });
  const answer = await own.post(`/v1/method.call/${name}`, { message });
  assert.equal(answer.success, true);
  const inner = JSON.parse(answer.message);
  assert.equal(inner.msg, 'result');
  assert.equal(inner.id, '42');
  return inner;
}

/** An authenticator app that has scanned the picture of `url`. */
export class Authenticator {
  constructor(url) {
    this.totp = URI.parse(url);
    assert.ok(this.totp instanceof TOTP);
  }

  /** The code `steps` steps from now: each is accepted once, and the next one is accepted already. */
  code(steps = 0) {
    return this.totp.generate({ timestamp: Date.now() + steps * 30_000 });
  }

  /** A code that is wrong now and soon. */
  wrong() {
    const soon = [-2, -1, 0, 1, 2].map((steps) => this.code(steps));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !soon.includes(code));
  }
}

/** Enrols through `method.call`, with the code of now; answers the app and the backup codes. */
export async function enrolled(own) {
  const { result: begun } = await method(own, '2fa:enable');
  const app = new Authenticator(begun.url);
  const { result: confirmed } = await method(own, '2fa:validateTempToken', app.code());
  assert.equal(confirmed.codes.length, 12);
  return { app, codes: confirmed.codes, secret: begun.secret };
}

/** Answers challenges with these codes, one after the other, and keeps what was asked. */
export function answering(own, ...codes) {
  const asked = [];
  own.handleTwoFactorChallenge(async (challenge) => {
    asked.push(challenge);
    const next = codes.shift();
    if (next === undefined) throw new Error('no more codes');
    return next;
  });
  return asked;
}

/** Says how many codes the handler was asked for, and that it was as expected. */
export function wasAsked(asked, ...expected) {
  const plain = asked.map(({ method: by, invalidAttempt }) => ({ method: by, invalidAttempt }));
  assert.deepEqual(plain, expected);
  asked.length = 0;
}

export const first = (by) => ({ method: by, invalidAttempt: false });
export const again = (by) => ({ method: by, invalidAttempt: true });
