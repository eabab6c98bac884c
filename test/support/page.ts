/** What end-to-end tests do with a page of the application again and again. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Goes to a place of the window (`/networks/new`), as a link in it does. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, path);
}

/** What axe has against what is shown, a line each; `serious` leaves out its advice about good practice. */
export async function violations(page: Page, which: 'all' | 'serious' = 'all'): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const wanted = found.filter(({ impact }) => which === 'all' || impact === 'serious' || impact === 'critical');
  return wanted.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  );
}
