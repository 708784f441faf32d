import process from 'node:process'
import { emitKeypressEvents } from 'node:readline'
import { type LiveState, TypedSearch, type TypedView } from '@hubgate/core/catalog'
import { endpointText } from '@hubgate/core/settings'
import { type Context, noteAll } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { type OpenCatalog, openCatalog } from '../open-catalog.ts'
import { createPaint } from '../views/paint.ts'
import { drawScreen } from './draw.ts'
import { openPage } from './open-page.ts'
import { initialScreen, type Key, type LiveStatus, pressKey, queryOf, type Screen, withRecords } from './screen.ts'

/** Search as you type. Runs until the person leaves; the terminal is given back as it was, whatever happens. */
export async function runInteractive(context: Context): Promise<number> {
  // A wait that the Hub asks for is shown as a pause: the screen goes on meanwhile.
  await using catalog = await openCatalog(context, { storeRunsIn: 'worker', maxWaitMs: 0 })
  using session = new Session(context, catalog)
  const code = await session.run()
  noteAll(context, await catalog.settle())
  return code
}

class Session implements Disposable {
  readonly #context: Context
  readonly #search: TypedSearch
  #screen: Screen
  /** Runs while something on the screen counts down. */
  #clock: NodeJS.Timeout | undefined

  constructor(context: Context, { locals, live, budget }: OpenCatalog) {
    this.#context = context
    this.#screen = { ...initialScreen, live: liveStatus(context, { kind: 'idle' }) }
    this.#search = new TypedSearch({ locals, live, budget, now: context.now, onView: (view) => this.#take(view) })
  }

  [Symbol.dispose](): void {
    this.#search[Symbol.dispose]()
    clearInterval(this.#clock)
  }

  async run(): Promise<number> {
    const { stdin } = process
    const { out, signal } = this.#context
    const { promise: left, resolve: leave, reject } = Promise.withResolvers<void>()
    // It may come before anybody waits for it.
    left.catch(() => undefined)
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
    const giveBackScreen = (): void => out.write('\u001B[?25h\u001B[?1049l')
    out.write('\u001B[?1049h\u001B[?25l')
    // Also where the process is ended before we are done here.
    process.once('exit', giveBackScreen)
    try {
      await this.#search.search(queryOf(this.#screen), 'after-pause')
      await left
      return EXIT_CODES.done
    } finally {
      this[Symbol.dispose]()
      process.off('exit', giveBackScreen)
      giveBackScreen()
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
    this.#draw()
    if (effect === 'search' || effect === 'search-now')
      await this.#search.search(queryOf(screen), effect === 'search' ? 'after-pause' : 'now')
    if (effect === 'open') await this.#open()
    return true
  }

  #take({ live, ...found }: TypedView): void {
    this.#screen = { ...withRecords(this.#screen, found), live: liveStatus(this.#context, live) }
    clearInterval(this.#clock)
    if (live.kind === 'paused') this.#clock = setInterval(() => this.#draw(), 1000)
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
    this.#draw()
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
    return endpointText(this.#context.settings.endpoint)
  }
}

function liveStatus({ settings }: Context, live: LiveState): LiveStatus {
  return settings.offline === undefined ? live : { kind: 'off', why: settings.offline }
}
