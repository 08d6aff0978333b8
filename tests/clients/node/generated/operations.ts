// The three operations with a client made of the API document. That it compiles is half of the proof: a path, field or
// answer that is not in the document would be refused.
import createClient from 'openapi-fetch';
import type { paths } from './schema.js';

type Told = Record<
  'PORTCULLIS' | 'PERSON' | 'API_KEY' | 'ADMIN_KEY' | 'STAFF_TOKEN' | 'ADMIN_ID' | 'ADMIN_TOKEN' | 'BACKUP_CODE',
  string
>;

/** Fails with what was answered. */
function check(holds: boolean, answered: unknown): asserts holds {
  if (!holds) throw new Error(JSON.stringify(answered));
}

export async function operations(told: Told): Promise<string[]> {
  const seen: string[] = [];
  const api = createClient<paths>({ baseUrl: told.PORTCULLIS });
  const person = { path: { id: told.PERSON } };

  const removed = await api.POST('/users/{id}/RemoveAccessibleLock', {
    params: { ...person, header: { 'Idempotency-Key': 'generated-1' } },
    headers: { 'X-API-Key': told.API_KEY },
    body: { lockId: 'garage', removedBy: 'front desk', reason: 'moved out' },
  });
  check(removed.data?.lockId === 'garage', removed);
  seen.push(`the lock is taken away, ${removed.data.event?.type}`);

  const reset = await api.POST('/admin/threedeye/users/{userId}/reset', {
    params: { path: { userId: told.PERSON } },
    headers: { 'X-Admin-API-Key': told.ADMIN_KEY, Authorization: `Bearer ${told.STAFF_TOKEN}` },
    body: { clearMapping: true, deleteRemote: true, reprovision: true },
  });
  check(reset.data?.clearedMapping === true && reset.data.reprovision.threedeyeUserId !== null, reset);
  seen.push('the camera account is made anew');

  const session = { 'X-User-Id': told.ADMIN_ID, 'X-Auth-Token': told.ADMIN_TOKEN };
  const body = { userId: told.PERSON };
  const challenge = await api.POST('/api/v1/users.resetTOTP', { headers: session, body });
  check(challenge.error !== undefined && 'errorType' in challenge.error, challenge);
  check(challenge.error.errorType === 'totp-required', challenge);
  const factor = { 'x-2fa-method': 'totp', 'x-2fa-code': told.BACKUP_CODE };
  const cleared = await api.POST('/api/v1/users.resetTOTP', { headers: { ...session, ...factor }, body });
  check(cleared.data?.success === true, cleared);
  seen.push('the second factor is cleared, after a challenge');
  return seen;
}
