import type { Page } from 'playwright-core';
import { type Notification, readNotification } from './web-client.ts';

/** Settings, Services Bridge, as an administrator uses it. */
export interface SettingsPage {
  /** From anywhere, by the menus. */
  open(): Promise<void>;
  /** Fills in what is given and leaves the rest as it is. */
  fill(values: { address?: string; secret?: string; enabled?: boolean }): Promise<void>;
  save(): Promise<void>;
  read(): Promise<{ address: string; enabled: boolean; secrets: string; outbox: string }>;
  /** Saves and tests, answers what Odoo says then. */
  test(): Promise<Notification>;
  /** Answers the new secret as the dialog shows it. */
  generateSecret(): Promise<string>;
  /** Deletes the secret in the list that the page leads to, and comes back. */
  deleteSecret(secret: string): Promise<void>;
}

export function settingsPage(page: Page): SettingsPage {
  const app = page.locator('.app_settings_block[data-key="services_bridge"]');
  const tab = page.getByRole('tab', { name: 'Services Bridge' });
  const field = (name: string) => app.locator(`[name="services_bridge_${name}"]`);
  const input = (name: string) => field(name).locator('input');
  // The sign of an icon is part of a button's name.
  const button = (name: string) => app.getByRole('button', { name });

  async function showApp(): Promise<void> {
    await tab.click();
    await button('Save and Test').waitFor();
  }

  return {
    async open() {
      await page.goto('/odoo/settings');
      await showApp();
    },
    async fill({ address, secret, enabled }) {
      if (enabled !== undefined) await input('enabled').setChecked(enabled);
      if (address !== undefined) await input('address').fill(address);
      if (secret !== undefined) await input('new_secret').fill(secret);
    },
    async save() {
      // Odoo loads its whole page anew, because settings may bring other menus.
      const loaded = page.waitForEvent('load');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await loaded;
      await showApp();
    },
    async read() {
      return {
        address: await input('address').inputValue(),
        enabled: await input('enabled').isChecked(),
        secrets: (await field('secrets').innerText()).trim(),
        outbox: (await app.locator('#services_bridge_status').innerText()).trim(),
      };
    },
    async test() {
      await button('Save and Test').click();
      const notification = await readNotification(page);
      // Until the page shows what was stored, its buttons are out of use.
      await button('Save and Test').click({ trial: true });
      return notification;
    },
    async generateSecret() {
      await button('Generate').click();
      const dialog = page.getByRole('dialog');
      const secret = (await dialog.locator('[name="value"]').innerText()).trim();
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      await dialog.waitFor({ state: 'detached' });
      return secret;
    },
    async deleteSecret(secret) {
      await button('Show and Delete').click();
      const row = page.locator('.o_data_row', { hasText: secret.slice(-4) });
      await row.getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Actions' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await row.waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Settings' }).click();
      await showApp();
    },
  };
}
