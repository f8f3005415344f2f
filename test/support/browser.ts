// Chromium for the tests of pages: found and started in one place, with as much time as a busy machine needs.
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findProgram } from './needs.ts'

/** Null: the tests that need it are skipped. */
export const findBrowser = (): string | null =>
  findProgram('Chromium', ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'])

/** By these arguments it sends no request of its own to other servers. */
export const launchBrowser = (executablePath: string | null): Promise<Browser> =>
  chromium.launch({
    executablePath: executablePath ?? '',
    timeout: 120_000,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** A page without time limits of its own: only the limit of the test ends one that hangs, so that a slow machine fails no test. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options)
  page.setDefaultTimeout(0)
  return page
}
