// axe-core, which finds what keeps people out.
import assert from 'node:assert/strict';
import { require, saw } from './browser.mjs';

const axe = require('axe-core');

// Found in the markup of Scalar 1.76, which neither options nor styles change. All of it is in the request console.
const LEFT_ASIDE = [
  // The editor of a body has no name of its own; it stands below the heading "Request Body".
  { rule: 'aria-input-field-name', selector: '.cm-content[role=textbox]' },
  // A button with a name, but with the role of nothing.
  { rule: 'aria-prohibited-attr', selector: 'button[role=none][aria-label="More Information"]' },
  // Fields for keys and values call themselves a list to choose from, and do not say whether it is open.
  { rule: 'aria-required-attr', selector: '.code-input-lite__editor[role=combobox]' },
];

/** Demands that nothing serious or critical is found but what is left aside above. */
export async function check(page, what) {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document));
  assert.ok(passes.length > 10, 'axe-core looked at nothing');
  const found = [];
  for (const { id, nodes } of violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))) {
    for (const { target, html, any } of nodes) {
      const at = page.locator(target.join(' '));
      const is = (selector) => at.evaluate((element, wanted) => element.matches(wanted), selector);
      const aside = LEFT_ASIDE.find(({ rule }) => rule === id);
      if (aside && (await is(aside.selector))) aside.met = true;
      else found.push(`${id}: ${target} ${html.slice(0, 200)} ${JSON.stringify(any[0]?.data)}`);
    }
  }
  assert.deepEqual(found, [], what);
  saw(`nothing serious in ${what}`);
}

/** Demands that all that is left aside is still there: what Scalar mends is to be looked at again. */
export function allMet() {
  const unmet = LEFT_ASIDE.filter(({ met }) => !met).map(({ rule }) => rule);
  assert.deepEqual(unmet, []);
}
