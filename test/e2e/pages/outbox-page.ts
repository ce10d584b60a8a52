import type { Page } from 'playwright-core';
import { type Notification, readNotification } from './web-client.ts';

/** What the list shows of a row. */
export interface OutboxRow {
  readonly model: string;
  readonly record: string;
  readonly operation: string;
  readonly fields: string;
  readonly user: string;
  readonly state: string;
  readonly error: string;
}

/** What the form shows of a row, and the state that is marked in its head. */
export type OutboxForm = Omit<OutboxRow, 'error'>;

/** The outbox, as a manager uses it. */
export interface OutboxPage {
  /** From anywhere, by the menus. */
  open(): Promise<void>;
  /** Shows only what one of the filters of the search lets through, such as `Given Up`. */
  filter(name: string): Promise<void>;
  /** The rows of a record, newest first; at least one must be there. */
  rows(record: string): Promise<OutboxRow[]>;
  /** Opens the newest row of a record, reads its form, and comes back. */
  readForm(record: string): Promise<OutboxForm>;
  /** Selects the rows of a record and presses the button of the list. Answers what Odoo says then. */
  sendAgain(record: string): Promise<Notification>;
}

export function outboxPage(page: Page): OutboxPage {
  const rowsOf = (record: string) =>
    page.locator('.o_data_row').filter({ has: page.getByRole('cell', { name: record, exact: true }) });

  return {
    async open() {
      await page.goto('/odoo');
      await page.locator('.o_navbar_apps_menu').getByRole('button').click();
      await page.getByRole('menuitem', { name: 'Services Bridge', exact: true }).click();
      await page.locator('.o_list_view').waitFor();
    },
    async filter(name) {
      await page.locator('.o_searchview_dropdown_toggler').click();
      await page.getByRole('menuitemcheckbox', { name, exact: true }).click();
      await page.locator('.o_searchview_facet', { hasText: name }).waitFor();
      await page.keyboard.press('Escape');
    },
    async rows(record) {
      const rows = rowsOf(record);
      await rows.first().waitFor();
      const read: OutboxRow[] = [];
      for (const row of await rows.all()) {
        const cell = async (name: string) => (await row.locator(`td[name="${name}"]`).innerText()).trim();
        read.push({
          model: await cell('model'),
          record: await cell('record_name'),
          operation: await cell('operation'),
          fields: await cell('field_names'),
          user: await cell('user_id'),
          state: await cell('state'),
          error: await cell('last_error'),
        });
      }
      return read;
    },
    async readForm(record) {
      await rowsOf(record).first().locator('td[name="model"]').click();
      const form = page.locator('.o_form_view');
      const field = async (name: string) => (await form.locator(`[name="${name}"]`).innerText()).trim();
      const state = form.locator('[name="state"] [aria-checked="true"]');
      const read = {
        model: await field('model'),
        record: await field('record_name'),
        operation: await field('operation'),
        fields: await field('field_names'),
        user: await field('user_id'),
        state: (await state.innerText()).trim(),
      };
      await page.getByRole('link', { name: 'Outbox' }).click();
      await page.locator('.o_list_view').waitFor();
      return read;
    },
    async sendAgain(record) {
      for (const row of await rowsOf(record).all()) await row.getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Send Again' }).click();
      return readNotification(page);
    },
  };
}
