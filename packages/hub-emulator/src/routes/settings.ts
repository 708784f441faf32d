import { z } from 'zod'
import { jsonAnswer } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { writableModel } from './open-repo.ts'

const shape = z.object({
  gated: z.union([z.literal(false), z.enum(['auto', 'manual'])]).optional(),
  orgMembersGated: z.boolean().optional(),
  private: z.boolean().optional(),
  gatedNotificationsMode: z.enum(['bulk', 'real-time']).optional(),
  gatedNotificationsEmail: z.string().optional(),
})

/** The owner's settings. Requests stay what they are when a gate changes. */
export const settings: Route = {
  name: 'settings',
  host: 'hub',
  method: 'PUT',
  path: '/api/models/{id}/settings',
  bucket: 'api',
  errors: 'json',
  async handle(exchange) {
    const model = writableModel(exchange)
    const asked = shape.parse(await exchange.readBody())
    exchange.hub.models.change(model, {
      gated: asked.gated ?? model.gated,
      orgMembersGated: asked.orgMembersGated ?? model.orgMembersGated,
      isPrivate: asked.private ?? model.isPrivate,
    })
    const { gatedNotificationsMode: _mode, gatedNotificationsEmail: _email, ...echoed } = asked
    return jsonAnswer(echoed)
  },
}
