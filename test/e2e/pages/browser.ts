import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { ensureChromium } from '../../../scripts/chromium.ts';
import type { OdooServer } from '../../../scripts/odoo/odoo.ts';

/** A Chromium in which several people work in Odoo, each with cookies of their own. */
export interface Browser {
  /** An empty page of a person who is logged in. */
  logIn(login: string, password: string): Promise<Page>;
  /** Saves a picture of every open page and prints where. */
  takePictures(name: string): Promise<void>;
  close(): Promise<void>;
}

const browserArguments = [
  // Tests may run as root, who has no sandbox.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The first page of a fresh database waits until Odoo has put its scripts together. */
const timeoutMilliseconds = 40_000;

export async function startBrowser(odoo: OdooServer): Promise<Browser> {
  const program = await chromium.launch({
    executablePath: await ensureChromium(),
    args: browserArguments,
    headless: true,
  });
  const pages: Page[] = [];

  return {
    async logIn(login, password) {
      const context = await program.newContext({
        baseURL: odoo.url,
        viewport: { width: 1280, height: 900 },
        locale: 'en-US',
      });
      context.setDefaultTimeout(timeoutMilliseconds);
      const answer = await context.request.post('/web/session/authenticate', {
        data: { jsonrpc: '2.0', method: 'call', params: { db: odoo.databaseName, login, password } },
      });
      const { error } = (await answer.json()) as { error?: { message: string } };
      if (error !== undefined) throw new Error(`${login} cannot log in: ${error.message}`);
      const page = await context.newPage();
      pages.push(page);
      return page;
    },
    async takePictures(name) {
      const folder = await mkdtemp(join(tmpdir(), 'services-bridge-pictures-'));
      for (const [index, page] of pages.entries()) {
        const file = join(folder, `${name.replaceAll(/\W+/g, '-').slice(0, 60)}-${index + 1}.png`);
        await page.screenshot({ path: file });
        console.error(`${page.url()} looked like this: ${file}`);
      }
    },
    close: () => program.close(),
  };
}
