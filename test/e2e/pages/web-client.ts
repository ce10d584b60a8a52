import type { Page } from 'playwright-core';

/** What Odoo says in the corner of the page. */
export interface Notification {
  readonly kind: 'success' | 'danger';
  readonly message: string;
}

/** Reads the notification that comes, and closes it. */
export async function readNotification(page: Page): Promise<Notification> {
  const notification = page.locator('.o_notification');
  const message = await notification.locator('.o_notification_content').innerText();
  const succeeded = await notification.locator('.o_notification_bar.bg-success').count();
  await notification.getByRole('button', { name: 'Close' }).click();
  await notification.waitFor({ state: 'detached' });
  return { kind: succeeded > 0 ? 'success' : 'danger', message };
}

/** The names in the menu of all apps. */
export async function readApps(page: Page): Promise<string[]> {
  await page.goto('/odoo');
  await page.locator('.o_navbar_apps_menu').getByRole('button').click();
  const apps = page.getByRole('menuitem');
  await apps.first().waitFor();
  return (await apps.allInnerTexts()).map((name) => name.trim());
}
