// The request console of the reference, used as a person would: by what can be read, and by typing.

/** The console of an operation. */
export class Console {
  /** Opens it with the button beside the samples. */
  static async open(page, section) {
    await section.getByRole('button', { name: /Test Request/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('region', { name: /^Request/ }).waitFor();
    return new Console(page, dialog);
  }

  constructor(page, dialog) {
    this.page = page;
    this.dialog = dialog;
  }

  /** Takes these credentials and no others; `named` are the names of the schemes, in the document's order. */
  async choose(...named) {
    const menu = this.dialog.getByRole('button', { name: /Auth Type/ });
    await menu.click();
    const options = this.page.getByRole('option');
    const wanted = options.filter({ has: this.page.getByText(named.join(' & '), { exact: true }) });
    await wanted.waitFor();
    if ((await wanted.getAttribute('aria-selected')) !== 'true') await wanted.click();
    for (const option of await options.all()) {
      const isOther = !(await option.innerText()).includes(named.join(' & '));
      if (isOther && (await option.getAttribute('aria-selected')) === 'true') await option.click();
    }
    await menu.click();
  }

  /** Types the value of a header that is a credential; each is two rows, one with its name and one for its value. */
  async credential(header, value) {
    const rows = this.dialog.locator('form tr');
    const at = (await rows.allInnerTexts()).findIndex((text) => /^Name/.test(text.trim()) && text.includes(header));
    await this.#type(rows.nth(at + 1).locator('input, [contenteditable=true]'), value);
  }

  async bearer(token) {
    await this.#type(this.dialog.locator('form tr', { hasText: 'Bearer Token' }).locator('input'), token);
  }

  /** Types a variable of the path in place of the example. */
  async variable(name, value) {
    await this.#type(this.dialog.locator(`tr[id="${name}"] [contenteditable=true]`).last(), value);
  }

  /** Types a body in place of the example. */
  async body(value) {
    const editor = this.dialog.getByRole('textbox').and(this.dialog.locator('[data-language=json]')).first();
    await editor.click();
    await this.page.keyboard.press('Control+A');
    // Not key by key: the editor adds closing brackets of its own.
    await this.page.keyboard.insertText(JSON.stringify(value, null, 2));
  }

  /** Sends, and reads status and answer as they are shown once they are those that came. */
  async send() {
    const answered = this.page.waitForResponse((answer) => answer.request().resourceType() === 'fetch');
    await this.dialog.getByRole('button', { name: /^Send/ }).first().click();
    const came = await answered;
    const body = await came.json();
    const region = this.dialog.getByRole('region', { name: 'Response' });
    await region.getByText(new RegExp(`^${came.status()} `)).first().waitFor();
    const wanted = JSON.stringify(body);
    for (let tries = 0; (await shownIn(region)) !== wanted; tries += 1) {
      if (tries === 50) throw new Error(`shown is ${await shownIn(region)} instead of ${wanted}`);
      await this.page.waitForTimeout(100);
    }
    return { status: came.status(), body };
  }

  async close() {
    await this.dialog.getByRole('button', { name: 'Close Client' }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  async #type(field, value) {
    await field.click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(value);
  }
}

/** The body as the editor of the answer shows it, in one line. */
async function shownIn(region) {
  const text = await region.locator('.cm-content').allInnerTexts();
  try {
    return JSON.stringify(JSON.parse(text.join('')));
  } catch {
    return text.join('');
  }
}
