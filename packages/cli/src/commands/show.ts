import { toAccessJson } from '@hubgate/core/access'
import { createAccessChecker } from '@hubgate/core/access/check'
import { factOf, type ModelRecord, toModelJson } from '@hubgate/core/catalog'
import { askDetails, parseModelReference } from '@hubgate/core/hub'
import { endpointText } from '@hubgate/core/settings'
import { type Context, noteAll } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { openCatalog } from '../open-catalog.ts'
import type { Invocation } from '../program.ts'
import { accessLines } from '../views/access-page.ts'
import { jsonPage } from '../views/json.ts'
import { renderMemorySection } from '../views/memory-section.ts'
import { renderModelPage } from '../views/model-page.ts'
import { createPaint, type Paint } from '../views/paint.ts'
import { printLines } from '../views/print.ts'
import { createStatusLine } from '../views/status-line.ts'
import { noteWaits } from '../views/wait.ts'
import { findLive, findLocally, joinRecord } from './find-record.ts'

/** One model, from everything that knows it. */
export async function show(context: Context, invocation: Invocation): Promise<number> {
  const { settings, out, signal } = context
  const { modelId } = parseModelReference(invocation.words[0] ?? '', settings.endpoint.host)
  using status = createStatusLine(context.err)
  await using catalog = await openCatalog(context, { storeRunsIn: 'here', onWait: noteWaits(context, status) })
  const local = await findLocally(context, catalog, modelId)
  const known = local?.id ?? modelId
  const isRemembering = catalog.isKept || settings.offline === undefined
  const checker = createAccessChecker({
    client: catalog.client,
    store: isRemembering ? catalog.store : undefined,
    now: context.now,
    recall: () => local && factOf(local, 'gated'),
  })
  // One question for both, which then go on side by side: a Hub that does not answer is waited for once.
  const details = settings.offline === undefined ? askDetails(catalog.asking, known, { signal }) : undefined
  const [live, access] = await Promise.all([
    findLive(context, catalog, known, details),
    checker.check(known, { signal, details }),
  ])
  status.clear()
  const { record, notes } = joinRecord(context, modelId, local, live)
  noteAll(context, notes)
  if (invocation.options['json'] === true) {
    out.write(jsonPage({ ...toModelJson(record), access: toAccessJson(access) }))
  } else {
    const renamedFrom = record.id.toLowerCase() === modelId.toLowerCase() ? undefined : modelId
    const view = { now: context.now(), paint: createPaint(out.color) }
    const endpoint = endpointText(settings.endpoint)
    const lines = [
      ...renderModelPage(record, { ...view, endpoint, renamedFrom }),
      '',
      ...accessLines(access, { ...view, hasToken: settings.token !== undefined, width: out.width }),
      ...(await memorySection(record, out.width, view.paint)),
    ]
    printLines(context, lines)
  }
  noteAll(context, await catalog.settle())
  return EXIT_CODES.done
}

/** What it needs, from the facts shown above: no further call. */
async function memorySection(record: ModelRecord, width: number, paint: Paint): Promise<string[]> {
  const { needTable, recordFacts } = await import('@hubgate/core/fit')
  const table = needTable(recordFacts(record))
  return table === undefined ? [] : ['', ...renderMemorySection(table, record.id, width, paint)]
}
