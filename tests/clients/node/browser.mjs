// A browser that reaches this machine only, and keeps what a page must not do.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const require = createRequire(path.join(process.env.PORTCULLIS_NODE_PACKAGES, 'package.json'));
const { chromium } = require('playwright-core');

/** What the test told the script: `chromium`, and `variables`, as the demonstration prints them. */
export const { variables, chromium: executablePath } = JSON.parse(process.env.PORTCULLIS_TOLD);
export const url = variables.PORTCULLIS;

/** Says what was seen to be so. */
export const saw = (what) => console.log(`saw: ${what}`);

const ARGUMENTS = [
  '--no-sandbox',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
  '--disable-gpu',
];

/** Opens a browser with nothing remembered, hands its page to `use`, and fails if the page did what it must not. */
export async function browse(options, use) {
  const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    args: ARGUMENTS,
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  try {
    const page = context.pages()[0];
    page.setDefaultTimeout(20_000);
    const faults = watch(page);
    await use(page, faults);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Requests to others and complaints of the browser, among them those about the content security policy. */
function watch(page) {
  const faults = [];
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (origin !== url && !['data:', 'blob:'].includes(protocol)) faults.push(`request to ${request.url()}`);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      faults.push(`${message.type()}: ${message.text()} at ${message.location().url}`);
    }
  });
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  return faults;
}

/** Takes the browser's word for an answer that was to be a failure off the list. */
export function expected(faults, status, address) {
  const at = faults.findIndex((fault) => fault.includes(`status of ${status} `) && fault.endsWith(` at ${address}`));
  assert.notEqual(at, -1, `${faults}`);
  faults.splice(at, 1);
}

/** A picture for people, where they asked for it by `PORTCULLIS_SCREENS`. */
export async function picture(page, name) {
  const folder = process.env.PORTCULLIS_SCREENS;
  if (!folder) return;
  // Nothing is pointed at.
  await page.mouse.move(640, 20);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

/** The document as it is served, and its operations. */
export async function operations() {
  const document = await (await fetch(`${url}/openapi.json`)).json();
  return Object.values(document.paths).flatMap((item) => Object.values(item));
}

/** One operation of each tag. */
export function firsts(all) {
  const tags = new Set(all.map(({ tags: [tag] }) => tag));
  return [...tags].map((wanted) => all.find(({ tags: [tag] }) => tag === wanted));
}

const slug = (tag) => tag.toLowerCase().replaceAll(' ', '-');

/** The address of an operation within the page. */
export const link = ({ tags: [tag], operationId }) => `#tag/${slug(tag)}/${operationId}`;

/** The part of the page about an operation. */
export const section = (page, { operationId }) => page.locator(`section[id$="/${operationId}"]`);
