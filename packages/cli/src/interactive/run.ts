import process from 'node:process'
import { emitKeypressEvents } from 'node:readline'
import {
  type CatalogSource,
  curatedList,
  curatedSource,
  liveSource,
  type ModelRecord,
  stateOf,
} from '@hubgate/core/catalog'
import { HubClient } from '@hubgate/core/hub'
import type { Context } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { describeFailure } from '../views/failure.ts'
import { createPaint } from '../views/paint.ts'
import { drawScreen } from './draw.ts'
import { openPage } from './open-page.ts'
import { initialScreen, type Key, pressKey, queryOf, type Screen, withRecords } from './screen.ts'

/** The Hub is not asked at every key: only when a person stops typing. */
const PAUSE_MS = 450
const LIVE_ROWS = 100

/** Search as you type. Runs until the person leaves; the terminal is given back as it was, whatever happens. */
export async function runInteractive(context: Context): Promise<number> {
  await using client = new HubClient(context.settings)
  const session = new Session(context, liveSource(client, { now: context.now }))
  return await session.run()
}

class Session {
  readonly #context: Context
  readonly #live: CatalogSource
  readonly #local = curatedSource(curatedList())
  /** What the Hub has told since the start: the next search begins with it. */
  readonly #seen = new Map<string, ModelRecord>()
  #screen: Screen
  #timer: NodeJS.Timeout | undefined
  #asking: AbortController | undefined

  constructor(context: Context, live: CatalogSource) {
    this.#context = context
    this.#live = live
    const { offline } = context.settings
    this.#screen = { ...initialScreen, live: offline === undefined ? { kind: 'idle' } : { kind: 'off', why: offline } }
  }

  async run(): Promise<number> {
    const { stdin } = process
    const { out, signal } = this.#context
    const { promise: left, resolve: leave, reject } = Promise.withResolvers<void>()
    const onKey = (text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
      this.#press({ name: key.name, text, ctrl: key.ctrl ?? false }).then((goesOn) => {
        if (!goesOn) leave()
      }, reject)
    }
    const redraw = (): void => this.#draw()
    const quit = (): void => leave()
    emitKeypressEvents(stdin)
    stdin.setRawMode(true)
    stdin.on('keypress', onKey)
    stdin.on('end', quit)
    process.stdout.on('resize', redraw)
    signal.addEventListener('abort', quit)
    out.write('\u001B[?1049h\u001B[?25l')
    try {
      await this.#searchLocally(false)
      this.#draw()
      await left
      return EXIT_CODES.done
    } finally {
      clearTimeout(this.#timer)
      this.#asking?.abort()
      out.write('\u001B[?25h\u001B[?1049l')
      stdin.off('keypress', onKey)
      stdin.off('end', quit)
      process.stdout.off('resize', redraw)
      signal.removeEventListener('abort', quit)
      stdin.setRawMode(false)
      stdin.pause()
    }
  }

  /** Gives `false` when the person leaves. */
  async #press(key: Key): Promise<boolean> {
    const { screen, effect } = pressKey(this.#screen, key)
    this.#screen = screen
    if (effect === 'quit') return false
    if (effect === 'search') await this.#searchLocally(false)
    if (effect === 'search' || effect === 'search-now') this.#askLater(effect === 'search' ? PAUSE_MS : 0)
    if (effect === 'open') await this.#open()
    this.#draw()
    return true
  }

  async #searchLocally(keepOrder: boolean): Promise<void> {
    const query = queryOf(this.#screen)
    const { records } = await this.#local.search(query, {})
    const { records: found, emptiedBy } = stateOf([...records, ...this.#seen.values()], query, [], [])
    this.#screen = withRecords(this.#screen, found, { keepOrder, emptiedBy })
  }

  #askLater(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#asking?.abort()
    if (this.#context.settings.offline !== undefined || this.#screen.text.trim() === '') return
    const asking = new AbortController()
    this.#asking = asking
    this.#timer = setTimeout(() => {
      this.#ask(asking.signal).catch((error: unknown) => this.#failLive(error, asking.signal))
    }, delayMs)
  }

  async #ask(signal: AbortSignal): Promise<void> {
    this.#screen = { ...this.#screen, live: { kind: 'asking' } }
    this.#draw()
    const { records } = await this.#live.search({ ...queryOf(this.#screen), limit: LIVE_ROWS }, { signal })
    if (signal.aborted) return
    for (const record of records) this.#seen.set(record.id, record)
    await this.#searchLocally(true)
    this.#screen = { ...this.#screen, live: { kind: 'answered' } }
    this.#draw()
  }

  #failLive(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return
    this.#screen = { ...this.#screen, live: { kind: 'failed', why: describeFailure(error) } }
    this.#draw()
  }

  async #open(): Promise<void> {
    const record = this.#screen.records[this.#screen.selected]
    if (record === undefined) return
    const url = new URL(`${this.#endpoint()}/${record.id}`)
    const opened = await openPage(url, process.platform)
    this.#screen = {
      ...this.#screen,
      message: opened ? `opened ${url.href}` : `no browser found here; the page is ${url.href}`,
    }
  }

  #draw(): void {
    const { out, now } = this.#context
    const lines = drawScreen(this.#screen, {
      width: out.width,
      height: out.height,
      paint: createPaint(out.color),
      now: now(),
      endpoint: this.#endpoint(),
    })
    // Each line is cleared as it is written, so nothing flickers.
    out.write(`\u001B[H${lines.map((line) => `${line}\u001B[K`).join('\r\n')}\u001B[J`)
  }

  #endpoint(): string {
    return this.#context.settings.endpoint.href.replace(/\/+$/, '')
  }
}
