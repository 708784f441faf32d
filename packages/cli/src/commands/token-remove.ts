import { tokensPage } from '@hubgate/core/settings'
import { removeWrittenTokens, type TokenPlace } from '@hubgate/core/settings/edit'
import { type Context, note } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { jsonPage } from '../views/json.ts'

/** Takes away what `token set` stored. What another tool stored stays, and is named. */
export async function tokenRemove(context: Context, invocation: Invocation): Promise<number> {
  const { out, settings } = context
  const { removed, left } = await removeWrittenTokens(settings.folders)
  if (invocation.options['json'] === true) out.write(jsonPage({ removed, left }))
  else for (const place of removed) note(context, `removed the token ${describe(place)}`)
  if (removed.length === 0) note(context, 'There is no token that hubgate stored.')
  if (left.length > 0)
    note(
      context,
      `note: left what other tools stored: ${left.map(describe).join('; ')}. \`hf auth logout\` removes those`,
    )
  const given = settings.tokenSources.find(({ from }) => from !== settings.folders.tokenPath)
  if (given !== undefined) note(context, `note: ${given.from} is set and still gives a token`)
  if (removed.length > 0) note(context, `note: it is valid until you revoke it at ${tokensPage(settings.endpoint)}`)
  return EXIT_CODES.done
}

function describe({ path, name }: TokenPlace): string {
  return name === undefined ? `in ${path}` : `"${name}" in ${path}`
}
